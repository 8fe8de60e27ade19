import java.io.IOException;

/** PGCOPY binary with its header and trailer, cut into blocks anywhere. */
final class PgCopyBack implements BackSyntax {
    private static final int HEADER_BYTES = 19;
    private final Blocks blocks;
    private boolean begun;

    PgCopyBack(Blocks blocks) {
        this.blocks = blocks;
    }

    @Override
    public boolean next(RowBuffer row, Bucketing bucketing) throws IOException {
        if (!begun) {
            blocks.fill(new byte[HEADER_BYTES], 0, HEADER_BYTES);
            begun = true;
        }
        int fields = blocks.readShort();
        if (fields < 0) {
            // The last, empty block is read too, so that the sender never writes to a closed socket.
            blocks.more();
            return false;
        }
        row.startRow(fields);
        for (int column = 0; column < fields; column++) {
            bucketing.fieldStartsAt(column, row.length());
            int length = blocks.readInt();
            row.putInt(length);
            if (length > 0) {
                row.reserve(length);
                blocks.fill(row.bytes(), row.length(), length);
                row.truncate(row.length() + length);
            }
        }
        bucketing.fieldStartsAt(fields, row.length());
        return true;
    }
}
