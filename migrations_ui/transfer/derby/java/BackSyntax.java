import java.io.IOException;

/** How the target's rows come back: distinguished, and turned into canonical fields. */
interface BackSyntax {
    /** Appends the next row's fields to {@code row}, noting where each starts. False: no more. */
    boolean next(RowBuffer row, Bucketing bucketing) throws IOException;

    static BackSyntax of(String name, Blocks blocks, ColumnForm[] columns) {
        return switch (name) {
            case "pgcopy" -> new PgCopyBack(blocks);
            case "packed" -> new PackedBack(blocks, columns);
            default -> throw new IllegalArgumentException("unknown syntax of rows read back: " + name);
        };
    }
}
