import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Sorts rows into buckets by the hash of their key and adds up the hashes of each bucket's rows.
 *
 * <p>Sums do not mind the order, so a heap scan of the source and any read of the target agree. A
 * row without key counts as its own key. With no buckets nothing is hashed (the raw byte pipe).
 * With wanted buckets, {@link #wants} tells which rows belong to them.
 */
final class Bucketing {
    private final int buckets;
    private final BitSet wanted;
    private final int[] key;
    private final int[] fieldStart;
    private final long[] sums;
    private final RowHash hash = new RowHash();

    Bucketing(int buckets, String wanted, int[] key, int columns) {
        this.buckets = buckets;
        this.wanted = wanted.equals("*") ? null : new BitSet(buckets);
        if (this.wanted != null && !wanted.isEmpty()) {
            Arrays.stream(wanted.split(",")).mapToInt(Integer::parseInt).forEach(this.wanted::set);
        }
        this.key = key;
        this.fieldStart = new int[columns + 1];
        this.sums = new long[2 * buckets];
    }

    /** Whether some buckets' rows are asked for, rather than only the digests of all. */
    boolean selects() {
        return wanted != null;
    }

    int[] key() {
        return key;
    }

    /** Notes where a field starts; call once per column, and once at the end of the row. */
    void fieldStartsAt(int column, int position) {
        fieldStart[column] = position;
    }

    /** Adds the row whose fields were noted. False: it is in no wanted bucket, and was not added. */
    boolean add(byte[] bytes, int rowStart, int rowEnd) {
        if (buckets == 0) {
            return true;
        }
        hash.clear();
        if (key.length == 0) {
            hash.add(bytes, rowStart, rowEnd - rowStart);
        } else {
            for (int column : key) {
                int start = fieldStart[column];
                hash.add(bytes, start, fieldStart[column + 1] - start);
            }
        }
        int bucket = (int) Long.remainderUnsigned(hash.first, buckets);
        if (wanted != null && !wanted.get(bucket)) {
            return false;
        }
        hash.clear();
        hash.add(bytes, rowStart, rowEnd - rowStart);
        sums[2 * bucket] += hash.first;
        sums[2 * bucket + 1] += hash.second;
        return true;
    }

    /** Writes the sums since the last call, sixteen bytes a bucket, and starts again from zero. */
    void drainTo(ByteBuffer target) {
        for (long sum : sums) {
            target.putLong(sum);
        }
        Arrays.fill(sums, 0);
    }

    int drainedBytes() {
        return 16 * buckets;
    }
}
