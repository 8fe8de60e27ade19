/**
 * The rows of MySQL's INSERT … VALUES: one in parentheses a line. No value holds a line's end, so
 * whoever sends them may cut there, and puts commas in its place.
 */
final class ValuesSyntax implements RowSyntax {
    static final Escapes ESCAPES = new Escapes("\\'\n\0", "\\'n0");

    @Override
    public void write(byte[] row, int start, ColumnForm[] columns, RowBuffer target) {
        int at = start + 2;
        int separator = '(';
        for (ColumnForm column : columns) {
            target.putByte(separator);
            separator = ',';
            int length = Longs.getInt(row, at);
            at += 4;
            if (length < 0) {
                Ascii.put("NULL", target);
            } else {
                value(column, row, at, length, target);
                at += length;
            }
        }
        target.putByte(')');
        target.putByte('\n');
    }

    private static void value(ColumnForm column, byte[] row, int at, int length, RowBuffer target) {
        Spelling spelling = column.spelling();
        if (spelling == Spelling.PLAIN) {
            column.print(row, at, length, target);
            return;
        }
        if (spelling == Spelling.BYTES) {
            Ascii.put("_binary", target);
        }
        target.putByte('\'');
        if (spelling == Spelling.QUOTED) {
            column.print(row, at, length, target);
        } else {
            ESCAPES.put(row, at, length, target);
        }
        target.putByte('\'');
    }
}
