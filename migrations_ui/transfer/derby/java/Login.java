import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Properties;

/**
 * What opens the database: boot password, user and password, each a line of Base64 on standard input.
 *
 * <p>Standard input, because arguments and environment of a process are there for others to read.
 */
final class Login {
    private Login() {}

    /** The attributes for Derby's connections; an empty line is an attribute that is not given. */
    static Properties read(InputStream input) throws IOException {
        Properties attributes = new Properties();
        for (String name : List.of("bootPassword", "user", "password")) {
            String value = new String(Base64.getDecoder().decode(line(input)), StandardCharsets.UTF_8);
            if (!value.isEmpty()) {
                attributes.setProperty(name, value);
            }
        }
        return attributes;
    }

    /** Byte by byte: the rest of the input is not ours to buffer. */
    private static byte[] line(InputStream input) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = input.read(); next >= 0 && next != '\n'; next = input.read()) {
            line.write(next);
        }
        return line.toByteArray();
    }
}
