import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;

/**
 * Writes one Derby column as one PGCOPY binary field, exactly as PostgreSQL would send it back.
 *
 * <p>That exactness (padding, numeric scale, microseconds) is what makes digests of both sides
 * comparable; a field is therefore the canonical form of a value whatever the target. Targets of
 * another syntax are written and read through the field's text: {@link #print} and {@link #parse}.
 * A form is written {@code kind[:argument…][!]}; the mark says that null is refused.
 */
abstract class ColumnForm {
    private final boolean required;

    ColumnForm(boolean required) {
        this.required = required;
    }

    /** Writes the value after its length, or returns false for null with nothing written. */
    abstract boolean write(ResultSet row, int column, RowBuffer target) throws SQLException, IOException;

    /** Writes a field's bytes (its length is not among them) as SQL spells the value, unquoted. */
    abstract void print(byte[] bytes, int from, int count, RowBuffer target);

    /** Writes the field, after its length, whose value SQL spells so. */
    abstract void parse(byte[] text, int from, int count, RowBuffer target);

    /** What {@link #print} writes. */
    Spelling spelling() {
        return Spelling.PLAIN;
    }

    /** Raises Rejection for a value the target cannot hold. */
    final void encode(ResultSet row, int column, RowBuffer target) throws SQLException, IOException {
        if (!write(row, column, target)) {
            if (required) {
                throw new Rejection("the target column requires a value");
            }
            target.putInt(-1);
        }
    }

    static ColumnForm of(String form, int sqlType) {
        boolean required = form.endsWith("!");
        List<String> parts = Arrays.asList((required ? form.substring(0, form.length() - 1) : form).split(":"));
        List<String> arguments = parts.subList(1, parts.size());
        return switch (parts.get(0)) {
            case "text", "varchar", "bpchar" -> new TextForm(required, sqlType, parts.get(0), arguments);
            case "int1" -> NumberForms.Whole.within(required, 2, List.of("-128", "127"));
            case "int2" -> NumberForms.Whole.within(required, 2, arguments);
            case "int4" -> NumberForms.Whole.within(required, 4, arguments);
            case "int8" -> NumberForms.Whole.within(required, 8, arguments);
            case "bool" -> new NumberForms.Truth(required);
            case "float4" -> new NumberForms.Single(required);
            case "float8" -> new NumberForms.Double(required);
            case "numeric" -> arguments.isEmpty()
                    ? new NumericForm(required)
                    : new NumericForm(
                            required, Integer.parseInt(arguments.get(0)), Integer.parseInt(arguments.get(1)));
            case "bytea" -> new BytesForm(required, sqlType, arguments);
            case "date" -> new TimeForms.Day(required);
            case "time" -> new TimeForms.Clock(required);
            case "timestamp" -> new TimeForms.Instant(required, arguments);
            default -> throw new IllegalArgumentException("unknown column form " + form);
        };
    }
}
