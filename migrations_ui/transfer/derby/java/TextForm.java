import java.io.IOException;
import java.io.Reader;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;

/**
 * Text as UTF-8. A CLOB is streamed, so a long one costs its own length once.
 *
 * <p>Arguments: the most characters ({@code varchar}, {@code bpchar}) or the most bytes ({@code
 * text}); then {@code nul} for a column that takes a NUL, {@code bmp} for one that takes no
 * character of four bytes, {@code units} for one that counts such a character twice, and {@code
 * octets} for a padded one that counts bytes, without the blanks at the end.
 */
final class TextForm extends ColumnForm {
    private static final int PIECE = 32 * 1024;
    private final boolean large;
    private final long longest;
    private final long mostBytes;
    private final boolean padded;
    private final boolean takesNul;
    private final boolean basicPlane;
    private final boolean countsUnits;
    private final boolean countsOctets;
    private final char[] piece = new char[PIECE];
    private int characters;
    private int pairs;
    private char pendingHigh;

    TextForm(boolean required, int sqlType, String kind, List<String> arguments) {
        super(required);
        long limit = arguments.isEmpty() ? Long.MAX_VALUE : Long.parseLong(arguments.get(0));
        this.large = sqlType == Types.CLOB;
        this.longest = kind.equals("text") ? Long.MAX_VALUE : limit;
        this.mostBytes = kind.equals("text") ? limit : Long.MAX_VALUE;
        this.padded = kind.equals("bpchar");
        this.takesNul = arguments.contains("nul");
        this.basicPlane = arguments.contains("bmp");
        this.countsUnits = arguments.contains("units");
        this.countsOctets = arguments.contains("octets");
    }

    @Override
    boolean write(ResultSet row, int column, RowBuffer target) throws SQLException, IOException {
        characters = 0;
        pairs = 0;
        pendingHigh = 0;
        int lengthAt = target.length();
        if (large) {
            try (Reader reader = row.getCharacterStream(column)) {
                if (reader == null) {
                    return false;
                }
                target.putInt(0);
                for (int count = reader.read(piece); count >= 0; count = reader.read(piece)) {
                    writePiece(count, target);
                }
            }
        } else {
            String text = row.getString(column);
            if (text == null) {
                return false;
            }
            target.putInt(0);
            for (int from = 0; from < text.length(); from += PIECE) {
                int count = Math.min(PIECE, text.length() - from);
                text.getChars(from, from + count, piece, 0);
                writePiece(count, target);
            }
        }
        if (pendingHigh != 0) {
            throw loneSurrogate();
        }
        checkLength(lengthAt + 4, target);
        for (; padded && characters < longest; characters++) {
            target.putByte(' ');
        }
        int bytes = target.length() - lengthAt - 4;
        if (bytes > mostBytes) {
            throw new Rejection(bytes + " bytes in UTF-8, the target column takes " + mostBytes);
        }
        target.setInt(lengthAt, bytes);
        return true;
    }

    private void checkLength(int from, RowBuffer target) {
        if (characters > longest) {
            throw new Rejection(characters + " characters, the target column takes " + longest);
        }
        if (countsUnits && characters + pairs > longest) {
            throw new Rejection(
                    characters + pairs + " characters of UTF-16, the target column takes " + longest);
        }
        int end = target.length();
        while (countsOctets && end > from && target.bytes()[end - 1] == ' ') {
            end--;
        }
        if (countsOctets && end - from > longest) {
            throw new Rejection(end - from + " bytes in UTF-8, the target column takes " + longest);
        }
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
        return Spelling.TEXT;
    }

    private void writePiece(int count, RowBuffer target) {
        target.reserve(3 * count + 4);
        byte[] bytes = target.bytes();
        int at = target.length();
        int counted = characters + count;
        for (int i = 0; i < count; i++) {
            char c = piece[i];
            if (pendingHigh != 0) {
                if (!Character.isLowSurrogate(c)) {
                    throw loneSurrogate();
                }
                if (basicPlane) {
                    throw new Rejection("a character of four bytes in UTF-8, which the target column cannot hold");
                }
                int point = Character.toCodePoint(pendingHigh, c);
                pendingHigh = 0;
                counted--;
                pairs++;
                bytes[at++] = (byte) (0xf0 | point >> 18);
                bytes[at++] = (byte) (0x80 | point >> 12 & 0x3f);
                bytes[at++] = (byte) (0x80 | point >> 6 & 0x3f);
                bytes[at++] = (byte) (0x80 | point & 0x3f);
            } else if (c < 0x80) {
                if (c == 0 && !takesNul) {
                    throw new Rejection("a NUL character, which the target's text cannot hold");
                }
                bytes[at++] = (byte) c;
            } else if (c < 0x800) {
                bytes[at++] = (byte) (0xc0 | c >> 6);
                bytes[at++] = (byte) (0x80 | c & 0x3f);
            } else if (Character.isHighSurrogate(c)) {
                pendingHigh = c;
            } else if (Character.isLowSurrogate(c)) {
                throw loneSurrogate();
            } else {
                bytes[at++] = (byte) (0xe0 | c >> 12);
                bytes[at++] = (byte) (0x80 | c >> 6 & 0x3f);
                bytes[at++] = (byte) (0x80 | c & 0x3f);
            }
        }
        characters = counted;
        target.truncate(at);
    }

    private static Rejection loneSurrogate() {
        return new Rejection("half of a surrogate pair, which is no character in UTF-8");
    }
}
