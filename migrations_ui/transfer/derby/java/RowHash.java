/** MurmurHash3 x64 128: the hash of a row or of a key, as two words. Public domain algorithm. */
final class RowHash {
    private static final long C1 = 0x87c37b91114253d5L;
    private static final long C2 = 0x4cf5ad432745937fL;

    long first;
    long second;

    void clear() {
        first = 0;
        second = 0;
    }

    /** Mixes a run of bytes in; a run's length is mixed as well, so runs cannot shift. */
    void add(byte[] bytes, int from, int count) {
        long h1 = first;
        long h2 = second;
        int position = from;
        int end = from + count;
        for (; position + 16 <= end; position += 16) {
            h1 ^= mixFirst(Longs.getLittle(bytes, position));
            h1 = Long.rotateLeft(h1, 27) + h2;
            h1 = h1 * 5 + 0x52dce729;
            h2 ^= mixSecond(Longs.getLittle(bytes, position + 8));
            h2 = Long.rotateLeft(h2, 31) + h1;
            h2 = h2 * 5 + 0x38495ab5;
        }
        long tail1 = 0;
        long tail2 = 0;
        for (int i = end - 1; i >= position; i--) {
            if (i - position >= 8) {
                tail2 = tail2 << 8 | bytes[i] & 0xff;
            } else {
                tail1 = tail1 << 8 | bytes[i] & 0xff;
            }
        }
        h2 ^= mixSecond(tail2);
        h1 ^= mixFirst(tail1);
        h1 ^= count;
        h2 ^= count;
        h1 += h2;
        h2 += h1;
        h1 = finish(h1);
        h2 = finish(h2);
        first = h1 + h2;
        second = h2 + first;
    }

    private static long mixFirst(long word) {
        return Long.rotateLeft(word * C1, 31) * C2;
    }

    private static long mixSecond(long word) {
        return Long.rotateLeft(word * C2, 33) * C1;
    }

    private static long finish(long word) {
        long mixed = word ^ word >>> 33;
        mixed *= 0xff51afd7ed558ccdL;
        mixed ^= mixed >>> 33;
        mixed *= 0xc4ceb9fe1a85ec53L;
        return mixed ^ mixed >>> 33;
    }
}
