import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Reads ahead: the caller's thread fills slices while another sends them. Slices are used again. */
final class SliceQueue implements Closeable {
    private static final int SLICES = 2;
    private static final Slice LAST = new Slice(0, 0);

    private final FrameWriter frames;
    private final BlockingQueue<Slice> empty = new ArrayBlockingQueue<>(SLICES);
    private final BlockingQueue<Slice> full = new ArrayBlockingQueue<>(SLICES + 1);
    private final Thread sender;
    private volatile IOException broken;

    SliceQueue(FrameWriter frames, int capacity, int digestBytes) {
        this.frames = frames;
        for (int i = 0; i < SLICES; i++) {
            empty.add(new Slice(capacity, digestBytes));
        }
        sender = DerbyReader.startDaemon("send slices", this::sendAll);
    }

    /** Waits for a slice to fill. Raises what broke the socket. */
    Slice take() throws IOException {
        try {
            Slice slice = empty.take();
            if (broken != null) {
                throw broken;
            }
            slice.clear();
            return slice;
        } catch (InterruptedException error) {
            throw new InterruptedIOException();
        }
    }

    void send(Slice slice) {
        full.add(slice);
    }

    private void sendAll() {
        try {
            for (Slice slice = full.take(); slice != LAST; slice = full.take()) {
                if (broken == null) {
                    try {
                        frames.slice(slice);
                    } catch (IOException error) {
                        broken = error;
                    }
                }
                // Returned even when broken: it wakes the filling thread, which then sees why.
                empty.add(slice);
            }
        } catch (InterruptedException error) {
            broken = new InterruptedIOException();
        }
    }

    /** Sends what is queued, then raises what broke the socket, if anything did. */
    @Override
    public void close() throws IOException {
        full.add(LAST);
        try {
            sender.join();
        } catch (InterruptedException error) {
            throw new InterruptedIOException();
        }
        if (broken != null) {
            throw broken;
        }
    }
}
