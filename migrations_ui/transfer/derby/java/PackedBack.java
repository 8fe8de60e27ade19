import java.io.IOException;

/**
 * Values as the target's SQL spells them, one after another, cut into blocks anywhere.
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
        row.startRow(columns.length);
        for (int column = 0; column < columns.length; column++) {
            bucketing.fieldStartsAt(column, row.length());
            int count = blocks.countBefore(prefixed[column] ? ':' : ',');
            int start = blocks.at();
            blocks.advanceTo(start + count + 1);
            if (count == 0) {
                row.putInt(-1);
            } else if (prefixed[column]) {
                int length = (int) Ascii.whole(blocks.bytes(), start, count);
                blocks.gather(length);
                columns[column].parse(blocks.bytes(), blocks.at(), length, row);
                blocks.advanceTo(blocks.at() + length);
            } else {
                columns[column].parse(blocks.bytes(), start, count, row);
            }
        }
        bucketing.fieldStartsAt(columns.length, row.length());
        return true;
    }
}
