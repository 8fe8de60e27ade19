import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * Frames on the socket: one byte of kind, four bytes of length, the payload.
 *
 * <p>Kinds: J JSON answer, S slice of rows, R rejected row of the next slice (JSON), E end, X problem (JSON).
 */
final class FrameWriter implements Closeable {
    private static final int LARGEST_WRITE = 256 * 1024;
    private final SocketChannel channel;

    FrameWriter(SocketChannel channel) {
        this.channel = channel;
    }

    void json(Json payload) throws IOException {
        text('J', payload.toString());
    }

    void problem(Problem problem) throws IOException {
        text('X', problem.toJson());
    }

    void end() throws IOException {
        text('E', "");
    }

    void slice(Slice slice) throws IOException {
        for (Json reject : slice.rejects) {
            text('R', reject.toString());
        }
        ByteBuffer head = slice.head();
        write(header('S', head.remaining() + slice.rows.length()));
        write(head);
        write(ByteBuffer.wrap(slice.rows.bytes(), 0, slice.rows.length()));
    }

    private void text(char kind, String payload) throws IOException {
        byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
        write(header(kind, bytes.length));
        write(ByteBuffer.wrap(bytes));
    }

    private static ByteBuffer header(char kind, int length) {
        return ByteBuffer.allocate(5).put((byte) kind).putInt(length).flip();
    }

    /** In pieces: the JDK keeps a direct buffer as large as the largest write of each thread. */
    private void write(ByteBuffer bytes) throws IOException {
        int end = bytes.limit();
        while (bytes.position() < end) {
            bytes.limit(Math.min(end, bytes.position() + LARGEST_WRITE));
            channel.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        channel.shutdownOutput();
    }
}
