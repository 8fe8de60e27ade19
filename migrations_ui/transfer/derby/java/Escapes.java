/** Which bytes a syntax wants escaped by a backslash, and what then stands for them. */
final class Escapes {
    private static final int PIECE = 64 * 1024;
    private final byte[] letters = new byte[256];

    /** Each of {@code special} is written as a backslash and the letter at the same place. */
    Escapes(String special, String letters) {
        for (int i = 0; i < special.length(); i++) {
            this.letters[special.charAt(i)] = (byte) letters.charAt(i);
        }
    }

    /** Whether a byte takes two. */
    boolean escape(int value) {
        return value < letters.length && letters[value] != 0;
    }

    void put(byte[] source, int from, int count, RowBuffer target) {
        for (int done = 0; done < count; done += PIECE) {
            putPiece(source, from + done, Math.min(PIECE, count - done), target);
        }
    }

    private void putPiece(byte[] source, int from, int count, RowBuffer target) {
        target.reserve(2 * count);
        byte[] bytes = target.bytes();
        int at = target.length();
        for (int i = from; i < from + count; i++) {
            byte letter = letters[source[i] & 0xff];
            if (letter == 0) {
                bytes[at++] = source[i];
            } else {
                bytes[at++] = '\\';
                bytes[at++] = letter;
            }
        }
        target.truncate(at);
    }
}
