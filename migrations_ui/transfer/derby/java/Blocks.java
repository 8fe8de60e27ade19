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

    /** Makes at least so many unread bytes stand in one piece, across the blocks that hold them. */
    void gather(int count) throws IOException {
        while (limit - at < count) {
            int unread = limit - at;
            int length = input.readInt();
            if (length == 0) {
                throw new IllegalArgumentException("the rows ended in the middle of one");
            }
            byte[] from = block;
            if (block.length < unread + length) {
                block = new byte[Math.max(unread, count) + length];
            }
            System.arraycopy(from, at, block, 0, unread);
            input.readFully(block, unread, length);
            at = 0;
            limit = unread + length;
        }
    }

    /** How many unread bytes stand before the next such byte, fetching blocks until there is one. */
    int countBefore(int mark) throws IOException {
        int count = 0;
        while (true) {
            gather(count + 1);
            for (; count < limit - at; count++) {
                if (block[at + count] == mark) {
                    return count;
                }
            }
        }
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
