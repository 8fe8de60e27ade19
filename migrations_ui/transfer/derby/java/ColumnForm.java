import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Writes one Derby column as one PGCOPY binary field, exactly as PostgreSQL would send it back.
 *
 * <p>That exactness (padding, numeric scale, microseconds) is what makes digests of both sides
 * comparable. A form is written {@code kind[:argument…][~loss=treatment…][!]}; the mark says that null
 * is refused, and {@link Losses} what the treatments mean.
 */
abstract class ColumnForm {
    private final boolean required;

    ColumnForm(boolean required) {
        this.required = required;
    }

    /** Writes the value after its length, or returns false for null with nothing written. */
    abstract boolean write(ResultSet row, int column, RowBuffer target) throws SQLException, IOException;

    /** Raises Rejection for a value the target cannot hold. */
    final void encode(ResultSet row, int column, RowBuffer target) throws SQLException, IOException {
        if (!write(row, column, target)) {
            if (required) {
                throw new Rejection("null", "the target column requires a value");
            }
            target.putInt(-1);
        }
    }

    static ColumnForm of(String form, int sqlType) {
        boolean required = form.endsWith("!");
        String[] words = (required ? form.substring(0, form.length() - 1) : form).split("~");
        String[] parts = words[0].split(":");
        Losses losses = Losses.of(words);
        return switch (parts[0]) {
            case "text" -> new TextForm(required, sqlType, Integer.MAX_VALUE, false, losses);
            case "varchar" -> new TextForm(required, sqlType, Integer.parseInt(parts[1]), false, losses);
            case "bpchar" -> new TextForm(required, sqlType, Integer.parseInt(parts[1]), true, losses);
            case "int2" -> new NumberForms.Whole(required, 2);
            case "int4" -> new NumberForms.Whole(required, 4);
            case "int8" -> new NumberForms.Whole(required, 8);
            case "bool" -> new NumberForms.Truth(required);
            case "float4" -> new NumberForms.Single(required);
            case "float8" -> new NumberForms.Double(required);
            case "numeric" -> parts.length == 1
                    ? new NumericForm(required)
                    : new NumericForm(required, Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
            case "bytea" -> new BytesForm(required, sqlType, parts.length == 1 ? Integer.MAX_VALUE : Integer.parseInt(parts[1]));
            case "date" -> new TimeForms.Day(required, DayRange.of(parts, 1));
            case "time" -> new TimeForms.Clock(required);
            case "timestamp" -> new TimeForms.Instant(required, precision(parts), DayRange.of(parts, 2), losses);
            default -> throw new IllegalArgumentException("unknown column form " + form);
        };
    }

    private static int precision(String[] parts) {
        return parts.length == 1 ? TimeForms.MICROSECONDS : Integer.parseInt(parts[1]);
    }
}
