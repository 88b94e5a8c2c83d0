package io.waybill.app;

import io.waybill.app.cli.Endpoint;
import io.waybill.guard.Cidr;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where a running embedded default can be reached. It stands in {@code endpoint.properties} in the
 * data folder while it runs, so that other commands find it without options.
 */
public record EmbeddedEndpoint(
    String bootstrapServers,
    String registryUrl,
    Path keyset,
    Path payloadKeys,
    String httpUrl,
    List<Cidr> allowCidrs,
    Set<String> allowUnencryptedSmtp) {

  public EmbeddedEndpoint {
    allowCidrs = List.copyOf(allowCidrs);
    allowUnencryptedSmtp = Set.copyOf(allowUnencryptedSmtp);
  }

  /** Writes the file, whole or not at all. */
  void write(Path dataDir) {
    String text =
        Endpoint.BOOTSTRAP_SERVERS
            + "="
            + bootstrapServers
            + "\n"
            + Endpoint.SCHEMA_REGISTRY_URL
            + "="
            + registryUrl
            + "\n"
            + Endpoint.KEYSET
            + "="
            + keyset
            + "\n"
            + Endpoint.PAYLOAD_KEYS
            + "="
            + payloadKeys
            + "\n"
            + Endpoint.HTTP
            + "="
            + httpUrl
            + "\n"
            + Endpoint.ALLOW_CIDRS
            + "="
            + allowCidrs.stream().map(Cidr::toString).collect(Collectors.joining(","))
            + "\n"
            + Endpoint.ALLOW_UNENCRYPTED_SMTP
            + "="
            + String.join(",", allowUnencryptedSmtp)
            + "\n";
    Path file = dataDir.resolve(Endpoint.FILE_NAME);
    Path whole = dataDir.resolve(Endpoint.FILE_NAME + ".tmp");
    try {
      Files.writeString(whole, text);
      Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }

  static void delete(Path dataDir) {
    try {
      Files.deleteIfExists(dataDir.resolve(Endpoint.FILE_NAME));
    } catch (IOException e) {
      throw new UncheckedIOException("the endpoint file in " + dataDir + " cannot be removed", e);
    }
  }
}
