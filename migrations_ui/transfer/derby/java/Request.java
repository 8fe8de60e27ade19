import java.io.DataInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What one connection asks for: a count, then that many length-prefixed UTF-8 words.
 *
 * <pre>
 * tables
 * check  TABLES (SCHEMA TABLE)…
 * measure SCHEMA TABLE SYNTAX COLUMNS (NAME FORM)…
 * rows   SCHEMA TABLE FIRST UNTIL WITHOUT BUCKETS WANTED SYNTAX COLUMNS (NAME FORM)… KEYS INDEX…
 * digest BUCKETS WANTED BACK SYNTAX COLUMNS FORM… KEYS INDEX…    followed by the rows, see {@link Blocks}
 * </pre>
 *
 * WITHOUT are rows that are stepped over, see {@link Positions}.
 * WANTED is "*" or the buckets (comma separated) whose rows are asked for; see {@link Bucketing}.
 * SYNTAX is how rows are sent, see {@link RowSyntax}; BACK is how they come, see {@link BackSyntax}.
 */
final class Request {
    private final Deque<String> words;
    private final DataInputStream input;

    private Request(Deque<String> words, DataInputStream input) {
        this.words = words;
        this.input = input;
    }

    static Request read(SocketChannel channel) throws IOException {
        DataInputStream input = new DataInputStream(Channels.newInputStream(channel));
        Deque<String> words = new ArrayDeque<>();
        for (int count = input.readInt(); count > 0; count--) {
            words.add(new String(input.readNBytes(input.readInt()), StandardCharsets.UTF_8));
        }
        return new Request(words, input);
    }

    void answer(Connection connection, FrameWriter frames) throws IOException, SQLException {
        String verb = words.remove();
        switch (verb) {
            case "tables" -> frames.json(Catalog.read(connection));
            case "check" -> check().send(connection, frames);
            case "rows" -> rows().send(connection, frames);
            case "measure" -> measure().send(connection, frames);
            case "digest" -> readBack().send(frames);
            default -> throw new IllegalArgumentException("unknown request " + verb);
        }
    }

    private Check check() {
        List<List<String>> tables = new ArrayList<>();
        for (int count = number(); count > 0; count--) {
            tables.add(List.of(words.remove(), words.remove()));
        }
        return new Check(tables);
    }

    private TableRows rows() {
        String schema = words.remove();
        String table = words.remove();
        long first = Long.parseLong(words.remove());
        long until = Long.parseLong(words.remove());
        Positions without = new Positions(words.remove());
        int buckets = number();
        String wanted = words.remove();
        RowSyntax syntax = RowSyntax.of(words.remove());
        int count = number();
        String[] names = new String[count];
        String[] forms = new String[count];
        for (int i = 0; i < count; i++) {
            names[i] = words.remove();
            forms[i] = words.remove();
        }
        Bucketing bucketing = new Bucketing(buckets, wanted, indexes(), count);
        return new TableRows(schema, table, first, until, without, names, forms, syntax, bucketing);
    }

    private Measure measure() {
        String schema = words.remove();
        String table = words.remove();
        Escapes escapes = RowSyntax.escapes(words.remove());
        int count = number();
        String[] names = new String[count];
        String[] forms = new String[count];
        for (int i = 0; i < count; i++) {
            names[i] = words.remove();
            forms[i] = words.remove();
        }
        return new Measure(schema, table, escapes, names, forms);
    }

    private ReadBack readBack() {
        int buckets = number();
        String wanted = words.remove();
        String back = words.remove();
        RowSyntax syntax = RowSyntax.of(words.remove());
        ColumnForm[] columns = new ColumnForm[number()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = ColumnForm.of(words.remove(), Types.OTHER);
        }
        Bucketing bucketing = new Bucketing(buckets, wanted, indexes(), columns.length);
        BackSyntax rows = BackSyntax.of(back, new Blocks(input), columns);
        return new ReadBack(rows, new RowWriter(syntax, columns, bucketing));
    }

    private int[] indexes() {
        int[] indexes = new int[number()];
        for (int i = 0; i < indexes.length; i++) {
            indexes[i] = number();
        }
        return indexes;
    }

    private int number() {
        return Integer.parseInt(words.remove());
    }
}
