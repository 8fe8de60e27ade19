import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Looks at the values of one column, and counts those that would lose something or not fit. */
abstract class Gauge {
    /** No longest value: the column's values have no length, or all are null. */
    private static final long NONE = -1;
    /** Times are measured as if none may be cut, so that every one that would be is counted. */
    private static final Losses EXACTLY = Losses.of(List.of("nanoseconds=reject"));

    private final String name;
    private final boolean required;
    private final Map<String, Long> incompatible = new TreeMap<>();
    private long longest = NONE;
    private long longestBytes = NONE;

    Gauge(String name, boolean required) {
        this.name = name;
        this.required = required;
    }

    /** Looks at a value; returns the bytes it takes in a row, or -1 for null. */
    abstract long look(ResultSet row, int column) throws SQLException, IOException;

    /** Looks at a value and returns the bytes of its field. */
    final long measure(ResultSet row, int column) throws SQLException, IOException {
        long bytes = look(row, column);
        if (bytes < 0) {
            if (required) {
                count("null");
            }
            return 4;
        }
        return 4 + bytes;
    }

    /** How many bytes of the value that was looked at last take one more when they are sent. */
    long escaped() {
        return 0;
    }

    final void count(String kind) {
        incompatible.merge(kind, 1L, Long::sum);
    }

    final void sawLength(long length, long bytes) {
        longest = Math.max(longest, length);
        longestBytes = Math.max(longestBytes, bytes);
    }

    final Json described() {
        List<Json> counted = new ArrayList<>();
        incompatible.forEach((kind, count) -> counted.add(new Json().put("kind", kind).put("count", count)));
        return new Json()
                .put("name", name)
                .put("longest", longest)
                .put("longest_bytes", longestBytes)
                .putObjects("incompatible", counted);
    }

    /** {@code escapes}: of the syntax that the target takes; null for none. */
    static Gauge of(String name, String form, int sqlType, Escapes escapes) {
        FormName parsed = FormName.parse(form);
        return switch (parsed.kind()) {
            case "text", "varchar", "bpchar" -> new TextGauge(name, parsed, sqlType, escapes);
            case "bytea" -> new BytesGauge(name, parsed, sqlType, escapes);
            default -> new FormGauge(name, parsed.required(), ColumnForm.of(parsed.with(EXACTLY), sqlType));
        };
    }
}
