import java.io.IOException;

/**
 * Takes the target's rows back, and answers with slices of digests (and, with wanted buckets, of
 * the rows in them, in the syntax that the target takes).
 */
final class ReadBack {
    private static final int CAPACITY = 640 * 1024;

    private final BackSyntax back;
    private final RowWriter writer;

    ReadBack(BackSyntax back, RowWriter writer) {
        this.back = back;
        this.writer = writer;
    }

    void send(FrameWriter frames) throws IOException {
        Bucketing bucketing = writer.bucketing();
        Slice slice = new Slice(CAPACITY, bucketing.drainedBytes());
        long position = 0;
        while (back.next(writer.startRow(slice), bucketing)) {
            writer.endRow(slice, bucketing.selects());
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
    }
}
