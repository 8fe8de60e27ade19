import java.io.IOException;
import java.io.InputStream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;

/**
 * Bytes as they are. A BLOB is streamed, so a long one costs its own length once.
 *
 * <p>Arguments: the most bytes; then {@code fixed} for a column that pads fewer.
 */
final class BytesForm extends ColumnForm {
    private static final int PIECE = 64 * 1024;
    private final boolean large;
    private final long longest;
    private final boolean fixed;
    private final byte[] piece = new byte[PIECE];

    BytesForm(boolean required, int sqlType, List<String> arguments) {
        super(required);
        this.large = sqlType == Types.BLOB;
        this.longest = arguments.isEmpty() ? Long.MAX_VALUE : Long.parseLong(arguments.get(0));
        this.fixed = arguments.contains("fixed");
    }

    @Override
    boolean write(ResultSet row, int column, RowBuffer target) throws SQLException, IOException {
        if (!large) {
            byte[] bytes = row.getBytes(column);
            if (bytes == null) {
                return false;
            }
            target.putInt(check(bytes.length));
            target.put(bytes, 0, bytes.length);
            return true;
        }
        int lengthAt = target.length();
        try (InputStream stream = row.getBinaryStream(column)) {
            if (stream == null) {
                return false;
            }
            target.putInt(0);
            for (int count = stream.read(piece); count >= 0; count = stream.read(piece)) {
                target.put(piece, 0, count);
            }
        }
        target.setInt(lengthAt, check(target.length() - lengthAt - 4));
        return true;
    }

    private int check(int length) {
        if (length > longest) {
            throw new Rejection(length + " bytes, the target column takes " + longest);
        }
        if (fixed && length < longest) {
            throw new Rejection(length + " bytes, the target column would fill them up to " + longest);
        }
        return length;
    }

    @Override
    void print(byte[] bytes, int from, int count, RowBuffer target) {
        target.put(bytes, from, count);
    }

    @Override
    void parse(byte[] text, int from, int count, RowBuffer target) {
        target.putInt(count);
        target.put(text, from, count);
    }

    @Override
    Spelling spelling() {
        return Spelling.BYTES;
    }
}
