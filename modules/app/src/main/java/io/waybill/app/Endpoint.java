package io.waybill.app;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Properties;

/**
 * Where a running embedded default can be reached. It stands in {@code endpoint.properties} in the
 * data folder while it runs, so that other commands find it without options.
 */
public record Endpoint(String bootstrapServers, String registryUrl, Path keyset, String httpUrl) {
  private static final String FILE = "endpoint.properties";
  private static final String BOOTSTRAP = "bootstrap.servers";
  private static final String REGISTRY = "schema.registry.url";
  private static final String KEYSET = "keyset";
  private static final String HTTP = "http";

  /** Writes the file, whole or not at all. */
  void write(Path dataDir) {
    String text =
        BOOTSTRAP + "=" + bootstrapServers + "\n"
            + REGISTRY + "=" + registryUrl + "\n"
            + KEYSET + "=" + keyset + "\n"
            + HTTP + "=" + httpUrl + "\n";
    Path file = dataDir.resolve(FILE);
    Path whole = dataDir.resolve(FILE + ".tmp");
    try {
      Files.writeString(whole, text);
      Files.move(
          whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }

  /** What a running process wrote, or nothing. */
  public static Optional<Endpoint> read(Path dataDir) {
    Path file = dataDir.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
    return Optional.of(
        new Endpoint(
            properties.getProperty(BOOTSTRAP, ""),
            properties.getProperty(REGISTRY, ""),
            Path.of(properties.getProperty(KEYSET, "")),
            properties.getProperty(HTTP, "")));
  }

  static void delete(Path dataDir) {
    try {
      Files.deleteIfExists(dataDir.resolve(FILE));
    } catch (IOException e) {
      throw new UncheckedIOException("the endpoint file in " + dataDir + " cannot be removed", e);
    }
  }
}
