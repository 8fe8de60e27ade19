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

    private final String name;
    private final boolean required;
    private final Map<String, Long> misfits = new TreeMap<>();
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

    final void count(String kind) {
        misfits.merge(kind, 1L, Long::sum);
    }

    final void sawLength(long length, long bytes) {
        longest = Math.max(longest, length);
        longestBytes = Math.max(longestBytes, bytes);
    }

    final Json described() {
        List<Json> counted = new ArrayList<>();
        misfits.forEach((kind, count) -> counted.add(new Json().put("kind", kind).put("count", count)));
        return new Json()
                .put("name", name)
                .put("longest", longest)
                .put("longest_bytes", longestBytes)
                .putObjects("misfits", counted);
    }

    static Gauge of(String name, String form, int sqlType) {
        boolean required = form.endsWith("!");
        String[] words = (required ? form.substring(0, form.length() - 1) : form).split("~");
        String[] parts = words[0].split(":");
        int longest = parts.length == 1 ? Integer.MAX_VALUE : Integer.parseInt(parts[1]);
        return switch (parts[0]) {
            case "text" -> new TextGauge(name, required, sqlType, Integer.MAX_VALUE, false, Losses.of(words));
            case "varchar" -> new TextGauge(name, required, sqlType, longest, false, Losses.of(words));
            case "bpchar" -> new TextGauge(name, required, sqlType, longest, true, Losses.of(words));
            case "bytea" -> new BytesGauge(name, required, sqlType, longest);
            default -> new FormGauge(name, required, ColumnForm.of(words[0] + exactly(words), sqlType));
        };
    }

    /** Times are measured as if none may be cut, so that every one that would be is counted. */
    private static String exactly(String[] words) {
        return words[0].startsWith("timestamp") ? "~nanoseconds=reject" : "";
    }
}
