import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A run of rows on its way to the socket, with what is needed to commit up to its end. */
final class Slice {
    private static final int ROWS = 4096;
    private static final int BYTES = 512 * 1024;

    final RowBuffer rows;
    final List<Json> rejects = new ArrayList<>();
    int rowCount;
    private final ByteBuffer digests;
    private long nextRow;

    Slice(int capacity, int digestBytes) {
        rows = new RowBuffer(capacity);
        digests = ByteBuffer.allocate(digestBytes);
    }

    void clear() {
        rowCount = 0;
        rejects.clear();
        rows.clear();
    }

    boolean full() {
        return rowCount + rejects.size() >= ROWS || rows.length() >= BYTES;
    }

    /** Closes the slice before row {@code next} of the scan, with the digests of its rows. */
    void endAt(long next, Bucketing bucketing) {
        nextRow = next;
        digests.clear();
        bucketing.drainTo(digests);
        digests.flip();
    }

    /** Next row (8 bytes), rows carried (4), rows rejected (4), digests. */
    ByteBuffer head() {
        return ByteBuffer.allocate(16 + digests.limit())
                .putLong(nextRow)
                .putInt(rowCount)
                .putInt(rejects.size())
                .put(digests.duplicate())
                .flip();
    }
}
