/**
 * How rows are written for a target that does not take PGCOPY binary.
 *
 * <p>Written from the canonical row, so that what is sent and what is hashed cannot differ.
 */
interface RowSyntax {
    /** Appends the PGCOPY row that starts at {@code start}, to a row begun. Raises Rejection past the longest. */
    void write(byte[] row, int start, ColumnForm[] columns, RowBuffer target);

    /** What is written longer than it is; null for nothing. */
    static Escapes escapes(String name) {
        return switch (name) {
            case "load" -> LoadSyntax.ESCAPES;
            case "values" -> ValuesSyntax.ESCAPES;
            default -> null;
        };
    }

    /** Null for {@code pgcopy}: the canonical rows themselves. */
    static RowSyntax of(String name) {
        return switch (name) {
            case "pgcopy" -> null;
            case "load" -> new LoadSyntax();
            case "values" -> new ValuesSyntax();
            default -> throw new IllegalArgumentException("unknown row syntax " + name);
        };
    }
}
