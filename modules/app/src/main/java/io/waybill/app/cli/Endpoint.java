package io.waybill.app.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * Where a Waybill that runs on this machine can be reached, as it wrote it into its data folder.
 *
 * @param bootstrapServers of its Kafka
 * @param schemaRegistryUrl of its registry
 * @param keyset the file with the keys that credentials are sealed with
 * @param payloadKeys the file with the keys that payloads are sealed with
 * @param http its health and metrics endpoint
 * @param allowCidrs networks that its operator allows
 * @param allowUnencryptedSmtp mail servers where its operator allows clear text
 */
public record Endpoint(
    Optional<String> bootstrapServers,
    Optional<String> schemaRegistryUrl,
    Optional<Path> keyset,
    Optional<Path> payloadKeys,
    Optional<String> http,
    List<String> allowCidrs,
    List<String> allowUnencryptedSmtp) {
  /** The file's name inside the data folder. */
  public static final String FILE_NAME = "endpoint.properties";

  public static final String BOOTSTRAP_SERVERS = "bootstrap.servers";
  public static final String SCHEMA_REGISTRY_URL = "schema.registry.url";
  public static final String KEYSET = "keyset";
  public static final String PAYLOAD_KEYS = "payload.keys";
  public static final String HTTP = "http";
  public static final String ALLOW_CIDRS = "allow.cidrs";
  public static final String ALLOW_UNENCRYPTED_SMTP = "allow.unencrypted.smtp";

  public Endpoint {
    allowCidrs = List.copyOf(allowCidrs);
    allowUnencryptedSmtp = List.copyOf(allowUnencryptedSmtp);
  }

  /**
   * Reads the file of a data folder, or nothing when there is none.
   *
   * @throws CliException when it is there and cannot be read
   */
  public static Optional<Endpoint> read(Path dataDir) {
    Path file = dataDir.resolve(FILE_NAME);
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      throw CliException.usage(
          "the file "
              + file
              + " cannot be read: "
              + e.getMessage()
              + ". Give --bootstrap-server HOST:PORT, or start `waybill up` again, which writes it",
          e);
    }
    return Optional.of(
        new Endpoint(
            value(properties, BOOTSTRAP_SERVERS),
            value(properties, SCHEMA_REGISTRY_URL),
            value(properties, KEYSET).map(dataDir::resolve),
            value(properties, PAYLOAD_KEYS).map(dataDir::resolve),
            value(properties, HTTP),
            values(properties, ALLOW_CIDRS),
            values(properties, ALLOW_UNENCRYPTED_SMTP)));
  }

  private static List<String> values(Properties properties, String key) {
    return value(properties, key).stream().flatMap(list -> Stream.of(list.split(","))).toList();
  }

  private static Optional<String> value(Properties properties, String key) {
    return Optional.ofNullable(properties.getProperty(key))
        .map(String::strip)
        .filter(value -> !value.isEmpty());
  }
}
