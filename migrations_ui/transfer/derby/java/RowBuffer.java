import java.util.Arrays;

/** A growing run of rows; {@link #truncate} takes a half-written one back. */
final class RowBuffer {
    /** A value of 64 MiB with its row. Two tables at a time must fit the heap, each with one such
     * row on its way out and another growing. */
    static final int LONGEST_ROW = 65 * 1024 * 1024;

    private final int capacity;
    private byte[] bytes;
    private int length;
    private int rowStart;

    RowBuffer(int capacity) {
        this.capacity = capacity;
        bytes = new byte[capacity];
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /** Empties the buffer, and lets the memory of an unusually long row go. */
    void clear() {
        if (bytes.length > 4 * capacity) {
            bytes = new byte[capacity];
        }
        length = 0;
        rowStart = 0;
    }

    /** Starts a row in PGCOPY binary. */
    void startRow(int columns) {
        beginRow();
        putShort(columns);
    }

    /** Starts a row in any syntax. */
    void beginRow() {
        rowStart = length;
    }

    int rowStart() {
        return rowStart;
    }

    void truncate(int newLength) {
        length = newLength;
    }

    /** Makes room for {@code more} bytes. Raises Rejection past the longest row. */
    void reserve(int more) {
        if ((long) length - rowStart + more > LONGEST_ROW) {
            throw new Rejection("the row is longer than 64 MiB, the most that is carried");
        }
        if (bytes.length - length < more) {
            int roomy = Math.min(bytes.length + bytes.length / 2, rowStart + LONGEST_ROW);
            bytes = Arrays.copyOf(bytes, Math.max(roomy, length + more));
        }
    }

    void putByte(int value) {
        reserve(1);
        bytes[length++] = (byte) value;
    }

    void putShort(int value) {
        reserve(2);
        bytes[length++] = (byte) (value >> 8);
        bytes[length++] = (byte) value;
    }

    void putInt(int value) {
        reserve(4);
        Longs.putInt(bytes, length, value);
        length += 4;
    }

    void putLong(long value) {
        reserve(8);
        Longs.putBig(bytes, length, value);
        length += 8;
    }

    void put(byte[] source, int from, int count) {
        reserve(count);
        System.arraycopy(source, from, bytes, length, count);
        length += count;
    }

    void setInt(int position, int value) {
        Longs.putInt(bytes, position, value);
    }
}
