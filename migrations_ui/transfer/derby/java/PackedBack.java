import java.io.IOException;

/**
 * Values as the target's SQL spells them, one after another; a block holds whole rows.
 *
 * <p>Text and bytes follow their length and a colon, and have no length when they are null.
 * Everything else ends with a comma, and is empty when it is null.
 */
final class PackedBack implements BackSyntax {
    private final Blocks blocks;
    private final ColumnForm[] columns;
    private final boolean[] prefixed;

    PackedBack(Blocks blocks, ColumnForm[] columns) {
        this.blocks = blocks;
        this.columns = columns;
        this.prefixed = new boolean[columns.length];
        for (int i = 0; i < columns.length; i++) {
            Spelling spelling = columns[i].spelling();
            prefixed[i] = spelling == Spelling.TEXT || spelling == Spelling.BYTES;
        }
    }

    @Override
    public boolean next(RowBuffer row, Bucketing bucketing) throws IOException {
        if (!blocks.more()) {
            return false;
        }
        byte[] bytes = blocks.bytes();
        int at = blocks.at();
        row.startRow(columns.length);
        for (int column = 0; column < columns.length; column++) {
            bucketing.fieldStartsAt(column, row.length());
            int end = find(prefixed[column] ? ':' : ',', bytes, at);
            int value = at;
            int count = end - at;
            at = end + 1;
            if (count == 0) {
                row.putInt(-1);
            } else if (prefixed[column]) {
                int length = (int) Ascii.whole(bytes, value, count);
                if (length > blocks.limit() - at) {
                    throw cut();
                }
                columns[column].parse(bytes, at, length, row);
                at += length;
            } else {
                columns[column].parse(bytes, value, count, row);
            }
        }
        bucketing.fieldStartsAt(columns.length, row.length());
        blocks.advanceTo(at);
        return true;
    }

    private int find(int mark, byte[] bytes, int from) {
        for (int at = from; at < blocks.limit(); at++) {
            if (bytes[at] == mark) {
                return at;
            }
        }
        throw cut();
    }

    private static IllegalArgumentException cut() {
        return new IllegalArgumentException("a block of rows ended in the middle of one");
    }
}
