/**
 * Where a row's canonical fields go: they are hashed, and sent as they are or in another syntax.
 *
 * <p>Each row is one {@link #startRow}, whose buffer takes the fields, and one {@link #endRow}.
 */
final class RowWriter {
    private static final int SCRATCH = 64 * 1024;

    private final RowSyntax syntax;
    private final ColumnForm[] columns;
    private final Bucketing bucketing;
    private final RowBuffer scratch = new RowBuffer(SCRATCH);

    RowWriter(RowSyntax syntax, ColumnForm[] columns, Bucketing bucketing) {
        this.syntax = syntax;
        this.columns = columns;
        this.bucketing = bucketing;
    }

    Bucketing bucketing() {
        return bucketing;
    }

    /** The buffer for the next row's fields. In PGCOPY that is the slice itself: nothing is copied. */
    RowBuffer startRow(Slice slice) {
        if (syntax == null) {
            return slice.rows;
        }
        scratch.clear();
        return scratch;
    }

    /** Hashes the row and sends it, if it is in a wanted bucket and {@code sent} at all. */
    void endRow(Slice slice, boolean sent) {
        RowBuffer row = syntax == null ? slice.rows : scratch;
        int before = slice.rows.length();
        if (syntax != null && sent) {
            // First: what turns out too long to be sent is rejected, and not counted.
            syntax.write(row.bytes(), row.rowStart(), columns, slice.rows);
        }
        boolean wanted = bucketing.add(row.bytes(), row.rowStart(), row.length());
        if (wanted && sent) {
            slice.rowCount++;
        } else {
            slice.rows.truncate(syntax == null ? row.rowStart() : before);
        }
    }
}
