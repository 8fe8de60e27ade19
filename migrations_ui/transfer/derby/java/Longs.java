import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Whole words in byte arrays: big-endian on the wire, little-endian for hashing. */
final class Longs {
    private static final VarHandle LITTLE =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BIG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle BIG_INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private Longs() {}

    static long getLittle(byte[] bytes, int position) {
        return (long) LITTLE.get(bytes, position);
    }

    static void putBig(byte[] bytes, int position, long value) {
        BIG.set(bytes, position, value);
    }

    static void putInt(byte[] bytes, int position, int value) {
        BIG_INT.set(bytes, position, value);
    }

    static long getBig(byte[] bytes, int position) {
        return (long) BIG.get(bytes, position);
    }

    static short getShort(byte[] bytes, int position) {
        return (short) (bytes[position] << 8 | bytes[position + 1] & 0xff);
    }

    static int getInt(byte[] bytes, int position) {
        return (int) BIG_INT.get(bytes, position);
    }
}
