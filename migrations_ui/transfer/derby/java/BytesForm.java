import java.io.IOException;
import java.io.InputStream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;

/** Bytes as they are. A BLOB is streamed, so a long one costs its own length once. */
final class BytesForm extends ColumnForm {
    private static final int PIECE = 64 * 1024;
    private final boolean large;
    private final int longest;
    private final byte[] piece = new byte[PIECE];

    BytesForm(boolean required, int sqlType, int longest) {
        super(required);
        this.large = sqlType == Types.BLOB;
        this.longest = longest;
    }

    @Override
    boolean write(ResultSet row, int column, RowBuffer target) throws SQLException, IOException {
        if (!large) {
            byte[] bytes = row.getBytes(column);
            if (bytes == null) {
                return false;
            }
            require(bytes.length);
            target.putInt(bytes.length);
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
        require(target.length() - lengthAt - 4);
        target.setInt(lengthAt, target.length() - lengthAt - 4);
        return true;
    }

    private void require(int length) {
        if (length > longest) {
            throw new Rejection("too_long", length + " bytes, the target column takes " + longest);
        }
    }
}
