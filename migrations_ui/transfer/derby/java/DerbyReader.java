import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/**
 * Serves one private copy of a Derby database to the process that started it.
 *
 * <p>Arguments: the database directory, and the path of a Unix socket to listen on. Standard input
 * begins with the {@link Login}. One line of JSON
 * on standard output says that the database is open ({"ready": true}) or why not. Every connection
 * to the socket carries one {@link Request}. The end of standard input ends the program, so that it
 * never outlives its parent, however that one died.
 */
public final class DerbyReader {
    /** Opening one takes longer than most tables do. Never more than requests at the same time. */
    private static final Queue<Connection> IDLE = new ConcurrentLinkedQueue<>();

    private DerbyReader() {}

    public static void main(String[] arguments) throws IOException {
        String url = "jdbc:derby:" + arguments[0];
        Properties login = Login.read(System.in);
        try {
            DriverManager.getConnection(url, login).close();
        } catch (SQLException error) {
            System.out.println(Problem.of(error).toJson());
            System.exit(1);
        }
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(Path.of(arguments[1])));
            System.out.println("{\"ready\": true}");
            Path scratch = Path.of(arguments[1]).getParent();
            startDaemon("end with the parent", () -> exitAtEndOfInput(scratch));
            while (true) {
                SocketChannel channel = server.accept();
                startDaemon("request", () -> answer(url, login, channel));
            }
        }
    }

    private static void answer(String url, Properties login, SocketChannel channel) {
        try (channel; FrameWriter frames = new FrameWriter(channel)) {
            try {
                Connection connection = connect(url, login);
                try {
                    Request.read(channel).answer(connection, frames);
                } catch (Exception | Error failure) {
                    discard(connection);
                    throw failure;
                }
                connection.rollback();
                IDLE.add(connection);
            } catch (SQLException error) {
                frames.problem(Problem.of(error));
            } catch (OutOfMemoryError error) {
                frames.problem(new Problem("memory", "the reader ran out of memory", ""));
            } catch (RuntimeException error) {
                frames.problem(new Problem("reader", error.toString(), ""));
            }
        } catch (IOException error) {
            // The other side closed its end: it paused, or it was killed. Nobody is left to tell.
        }
    }

    /** What went wrong before is what has to be told, whatever goes wrong here. */
    private static void discard(Connection connection) {
        try (connection) {
            connection.rollback();
        } catch (SQLException error) {
            // Derby has closed the connection, or the whole database, by itself.
        }
    }

    private static Connection connect(String url, Properties login) throws SQLException {
        Connection idle = IDLE.poll();
        if (idle != null) {
            return idle;
        }
        Connection connection = DriverManager.getConnection(url, login);
        connection.setReadOnly(true);
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_UNCOMMITTED);
        return connection;
    }

    /** A parent that was killed cannot clear up after itself, so this does. */
    private static void exitAtEndOfInput(Path scratch) {
        try (InputStream input = System.in) {
            while (input.read() >= 0) {
                // The parent has written all it has to say; only the end of the stream means something.
            }
        } catch (IOException error) {
            // A broken pipe is an end as well.
        }
        try (Stream<Path> files = Files.list(scratch)) {
            files.forEach(file -> file.toFile().delete());
            Files.delete(scratch);
        } catch (IOException error) {
            // What is left in the temporary directory is empty or the parent's to remove.
        }
        Runtime.getRuntime().halt(0);
    }

    static Thread startDaemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
