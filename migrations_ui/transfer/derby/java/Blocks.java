import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;

/** The bytes of length-prefixed blocks; a length of 0 ends them. */
final class Blocks {
    private final DataInputStream input;
    private byte[] block = new byte[0];
    private int at;
    private int limit;

    Blocks(DataInputStream input) {
        this.input = input;
    }

    /** Fetches the next block if this one is used up. False: it was the last. */
    boolean more() throws IOException {
        if (at < limit) {
            return true;
        }
        limit = input.readInt();
        if (block.length < limit) {
            block = new byte[limit];
        }
        input.readFully(block, 0, limit);
        at = 0;
        return limit > 0;
    }

    /** The current block: from {@link #at} to {@link #limit} it is unread. */
    byte[] bytes() {
        return block;
    }

    int at() {
        return at;
    }

    int limit() {
        return limit;
    }

    void advanceTo(int position) {
        at = position;
    }

    int readShort() throws IOException {
        if (limit - at >= 2) {
            at += 2;
            return Longs.getShort(block, at - 2);
        }
        byte[] bytes = new byte[2];
        fill(bytes, 0, 2);
        return Longs.getShort(bytes, 0);
    }

    int readInt() throws IOException {
        if (limit - at >= 4) {
            at += 4;
            return Longs.getInt(block, at - 4);
        }
        byte[] bytes = new byte[4];
        fill(bytes, 0, 4);
        return Longs.getInt(bytes, 0);
    }

    void fill(byte[] target, int from, int count) throws IOException {
        int done = 0;
        while (done < count) {
            if (!more()) {
                throw new EOFException("the rows ended in the middle of one");
            }
            int piece = Math.min(count - done, limit - at);
            System.arraycopy(block, at, target, from + done, piece);
            at += piece;
            done += piece;
        }
    }
}
