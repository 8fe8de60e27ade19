import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;

/**
 * Takes the target's rows back as PGCOPY binary, and answers with slices of digests (and, with
 * wanted buckets, of the rows in them). Blocks come length-prefixed; a length of 0 ends them.
 */
final class ReadBack {
    private static final int HEADER_BYTES = 19;
    private static final int CAPACITY = 640 * 1024;

    private final DataInputStream input;
    private final Bucketing bucketing;
    private byte[] block = new byte[0];
    private int at;
    private int limit;

    ReadBack(DataInputStream input, Bucketing bucketing) {
        this.input = input;
        this.bucketing = bucketing;
    }

    void send(FrameWriter frames) throws IOException {
        fill(new byte[HEADER_BYTES], 0, HEADER_BYTES);
        Slice slice = new Slice(CAPACITY, bucketing.drainedBytes());
        long position = 0;
        for (int fields = readShort(); fields >= 0; fields = readShort()) {
            readRow(fields, slice);
            position++;
            if (slice.rows.length() >= CAPACITY / 2) {
                slice.endAt(position, bucketing);
                frames.slice(slice);
                slice.clear();
            }
        }
        slice.endAt(position, bucketing);
        frames.slice(slice);
        frames.end();
        // The last, empty block is read too, so that the sender never writes to a closed socket.
        input.readInt();
    }

    private void readRow(int fields, Slice slice) throws IOException {
        RowBuffer row = slice.rows;
        row.startRow(fields);
        int start = row.rowStart();
        for (int column = 0; column < fields; column++) {
            bucketing.fieldStartsAt(column, row.length());
            int length = readInt();
            row.putInt(length);
            if (length > 0) {
                row.reserve(length);
                fill(row.bytes(), row.length(), length);
                row.truncate(row.length() + length);
            }
        }
        bucketing.fieldStartsAt(fields, row.length());
        if (bucketing.add(row.bytes(), start, row.length()) && bucketing.selects()) {
            slice.rowCount++;
        } else {
            row.truncate(start);
        }
    }

    private int readShort() throws IOException {
        if (limit - at >= 2) {
            return (short) ((block[at++] & 0xff) << 8 | block[at++] & 0xff);
        }
        byte[] bytes = new byte[2];
        fill(bytes, 0, 2);
        return (short) ((bytes[0] & 0xff) << 8 | bytes[1] & 0xff);
    }

    private int readInt() throws IOException {
        if (limit - at >= 4) {
            at += 4;
            return Longs.getInt(block, at - 4);
        }
        byte[] bytes = new byte[4];
        fill(bytes, 0, 4);
        return Longs.getInt(bytes, 0);
    }

    private void fill(byte[] target, int from, int count) throws IOException {
        int done = 0;
        while (done < count) {
            if (at == limit) {
                nextBlock();
            }
            int piece = Math.min(count - done, limit - at);
            System.arraycopy(block, at, target, from + done, piece);
            at += piece;
            done += piece;
        }
    }

    private void nextBlock() throws IOException {
        limit = input.readInt();
        if (limit == 0) {
            throw new EOFException("the rows ended in the middle of one");
        }
        if (block.length < limit) {
            block = new byte[limit];
        }
        input.readFully(block, 0, limit);
        at = 0;
    }
}
