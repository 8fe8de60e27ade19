import java.io.IOException;
import java.io.InputStream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;

/** Bytes: only their number matters, and how many are escaped. A BLOB is streamed and never held. */
final class BytesGauge extends Gauge {
    private static final int PIECE = 64 * 1024;
    private final boolean large;
    private final long most;
    private final boolean fixed;
    private final Escapes escapes;
    private final byte[] piece = new byte[PIECE];
    private long escaped;

    BytesGauge(String name, FormName form, int sqlType, Escapes escapes) {
        super(name, form.required());
        this.large = sqlType == Types.BLOB;
        this.escapes = escapes;
        this.most = form.limit(Long.MAX_VALUE);
        this.fixed = form.arguments().contains("fixed");
    }

    @Override
    long look(ResultSet row, int column) throws SQLException, IOException {
        escaped = 0;
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

    @Override
    long escaped() {
        return escaped;
    }

    private void add(byte[] bytes, int count) {
        if (escapes != null) {
            for (int i = 0; i < count; i++) {
                if (escapes.escape(bytes[i] & 0xff)) {
                    escaped++;
                }
            }
        }
    }

    private long held(ResultSet row, int column) throws SQLException {
        byte[] bytes = row.getBytes(column);
        if (bytes == null) {
            return -1;
        }
        add(bytes, bytes.length);
        return bytes.length;
    }

    private long streamed(ResultSet row, int column) throws SQLException, IOException {
        try (InputStream stream = row.getBinaryStream(column)) {
            if (stream == null) {
                return -1;
            }
            long length = 0;
            for (int count = stream.read(piece); count >= 0; count = stream.read(piece)) {
                add(piece, count);
                length += count;
            }
            return length;
        }
    }
}
