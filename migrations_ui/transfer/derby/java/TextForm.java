import java.io.IOException;
import java.io.Reader;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;

/** Text as UTF-8. A CLOB is streamed, so a long one costs its own length once. */
final class TextForm extends ColumnForm {
    private static final int PIECE = 32 * 1024;
    private static final String HALF = "half of a surrogate pair, which is no character in UTF-8";
    private static final String LACKING = "a character that the target's code page does not have";
    private final boolean large;
    private final int longest;
    private final boolean padded;
    private final boolean fixed;
    private final Losses losses;
    private final boolean dropsNul;
    private final boolean replaces;
    private final Repertoire repertoire;
    private final byte[] replacement;
    private final char[] piece = new char[PIECE];
    private int characters;
    private char pendingHigh;

    TextForm(boolean required, int sqlType, int longest, boolean padded, Losses losses) {
        super(required);
        this.large = sqlType == Types.CLOB;
        this.longest = longest;
        this.padded = padded;
        this.fixed = sqlType == Types.CHAR;
        this.losses = losses;
        this.dropsNul = losses.convert("nul");
        this.replaces = losses.convert("character");
        this.repertoire = losses.repertoire();
        this.replacement = repertoire.replacement();
    }

    @Override
    boolean write(ResultSet row, int column, RowBuffer target) throws SQLException, IOException {
        characters = 0;
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
            target.reserve(replacement.length);
            target.truncate(replace(target.bytes(), target.length(), HALF));
        }
        if (characters > longest && losses.convert("blanks")) {
            strip(lengthAt + 4, target);
        }
        if (characters > longest) {
            throw new Rejection("too_long", characters + " characters, the target column takes " + longest);
        }
        if (padded && !fixed && losses.reject("blanks") && endsInBlank(lengthAt + 4, target)) {
            throw new Rejection("blanks", "trailing blanks, which the target column does not tell from its own");
        }
        for (; padded && characters < longest; characters++) {
            target.putByte(' ');
        }
        target.setInt(lengthAt, target.length() - lengthAt - 4);
        return true;
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
                    at = replace(bytes, at, HALF);
                    pendingHigh = 0;
                    i--;
                    continue;
                }
                char high = pendingHigh;
                pendingHigh = 0;
                counted--;
                if (!repertoire.holds(high, c)) {
                    at = replace(bytes, at, LACKING);
                    continue;
                }
                int point = Character.toCodePoint(high, c);
                bytes[at++] = (byte) (0xf0 | point >> 18);
                bytes[at++] = (byte) (0x80 | point >> 12 & 0x3f);
                bytes[at++] = (byte) (0x80 | point >> 6 & 0x3f);
                bytes[at++] = (byte) (0x80 | point & 0x3f);
            } else if (c < 0x80) {
                if (c == 0) {
                    if (dropsNul) {
                        counted--;
                        continue;
                    }
                    throw new Rejection("nul", "a NUL character, which the target's text cannot hold");
                }
                bytes[at++] = (byte) c;
            } else if (Character.isHighSurrogate(c)) {
                pendingHigh = c;
            } else if (Character.isLowSurrogate(c)) {
                at = replace(bytes, at, HALF);
            } else if (!repertoire.holds(c)) {
                at = replace(bytes, at, LACKING);
            } else if (c < 0x800) {
                bytes[at++] = (byte) (0xc0 | c >> 6);
                bytes[at++] = (byte) (0x80 | c & 0x3f);
            } else {
                bytes[at++] = (byte) (0xe0 | c >> 12);
                bytes[at++] = (byte) (0x80 | c >> 6 & 0x3f);
                bytes[at++] = (byte) (0x80 | c & 0x3f);
            }
        }
        characters = counted;
        target.truncate(at);
    }

    /** Writes what stands for a character that cannot be held, or refuses it; returns the next position. */
    private int replace(byte[] bytes, int at, String reason) {
        if (!replaces) {
            throw new Rejection("character", reason);
        }
        System.arraycopy(replacement, 0, bytes, at, replacement.length);
        return at + replacement.length;
    }

    /** Takes all trailing blanks away when what is left then fits. */
    private void strip(int start, RowBuffer target) {
        int end = target.length();
        while (end > start && target.bytes()[end - 1] == ' ') {
            end--;
        }
        int left = characters - (target.length() - end);
        if (left <= longest) {
            characters = left;
            target.truncate(end);
        }
    }

    private static boolean endsInBlank(int start, RowBuffer target) {
        return target.length() > start && target.bytes()[target.length() - 1] == ' ';
    }
}
