import java.nio.charset.StandardCharsets;

/** Numbers as decimal digits in byte arrays, without a String on the way. */
final class Ascii {
    private static final int LONGEST = 20;

    private Ascii() {}

    static void put(String text, RowBuffer target) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        target.put(bytes, 0, bytes.length);
    }

    static void put(long value, RowBuffer target) {
        target.reserve(LONGEST);
        // Counted down from the negative side: only there has the lowest value a place.
        long rest = value < 0 ? value : -value;
        int digits = 1;
        for (long power = -10; digits < 19 && rest <= power; power *= 10) {
            digits++;
        }
        int end = target.length() + digits + (value < 0 ? 1 : 0);
        byte[] bytes = target.bytes();
        if (value < 0) {
            bytes[target.length()] = '-';
        }
        for (int at = end - 1; digits > 0; digits--, at--) {
            bytes[at] = (byte) ('0' - rest % 10);
            rest /= 10;
        }
        target.truncate(end);
    }

    /** The last {@code digits} digits of a number that is not negative, with leading zeros. */
    static void putPadded(int value, int digits, RowBuffer target) {
        target.reserve(digits);
        byte[] bytes = target.bytes();
        int rest = value;
        for (int at = target.length() + digits - 1; at >= target.length(); at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        target.truncate(target.length() + digits);
    }

    static long whole(byte[] text, int from, int count) {
        boolean negative = text[from] == '-';
        long value = 0;
        for (int at = negative ? from + 1 : from; at < from + count; at++) {
            value = 10 * value + digit(text[at]);
        }
        return negative ? -value : value;
    }

    static String text(byte[] text, int from, int count) {
        return new String(text, from, count, StandardCharsets.US_ASCII);
    }

    private static int digit(byte character) {
        if (character < '0' || character > '9') {
            throw new IllegalArgumentException("no decimal digit: " + (char) character);
        }
        return character - '0';
    }
}
