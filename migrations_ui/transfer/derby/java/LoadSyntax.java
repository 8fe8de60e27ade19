/** What MySQL's LOAD DATA reads by default: tabs between fields, \N for null, a line a row. */
final class LoadSyntax implements RowSyntax {
    static final Escapes ESCAPES = new Escapes("\\\t\n", "\\tn");

    @Override
    public void write(byte[] row, int start, ColumnForm[] columns, RowBuffer target) {
        int at = start + 2;
        for (ColumnForm column : columns) {
            int length = Longs.getInt(row, at);
            at += 4;
            if (length < 0) {
                target.putByte('\\');
                target.putByte('N');
            } else {
                switch (column.spelling()) {
                    case PLAIN, QUOTED -> column.print(row, at, length, target);
                    case TEXT, BYTES -> ESCAPES.put(row, at, length, target);
                }
                at += length;
            }
            target.putByte('\t');
        }
        target.truncate(target.length() - 1);
        target.putByte('\n');
    }
}
