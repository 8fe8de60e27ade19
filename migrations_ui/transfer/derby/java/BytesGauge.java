import java.io.IOException;
import java.io.InputStream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;

/** Bytes: only their number matters. A BLOB is streamed and never held. */
final class BytesGauge extends Gauge {
    private static final int PIECE = 64 * 1024;
    private final boolean large;
    private final long most;
    private final boolean fixed;
    private final byte[] piece = new byte[PIECE];

    BytesGauge(String name, FormName form, int sqlType) {
        super(name, form.required());
        this.large = sqlType == Types.BLOB;
        this.most = form.limit(Long.MAX_VALUE);
        this.fixed = form.arguments().contains("fixed");
    }

    @Override
    long look(ResultSet row, int column) throws SQLException, IOException {
        long length = large ? streamed(row, column) : held(row, column);
        if (length >= 0) {
            sawLength(length, length);
            if (length > most) {
                count("too_long");
            } else if (fixed && length < most) {
                count("too_short");
            }
        }
        return length;
    }

    private static long held(ResultSet row, int column) throws SQLException {
        byte[] bytes = row.getBytes(column);
        return bytes == null ? -1 : bytes.length;
    }

    private long streamed(ResultSet row, int column) throws SQLException, IOException {
        try (InputStream stream = row.getBinaryStream(column)) {
            if (stream == null) {
                return -1;
            }
            long length = 0;
            for (int count = stream.read(piece); count >= 0; count = stream.read(piece)) {
                length += count;
            }
            return length;
        }
    }
}
