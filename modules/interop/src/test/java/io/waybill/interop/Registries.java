package io.waybill.interop;

import io.waybill.embedded.EmbeddedRegistry;
import io.waybill.embedded.EmbeddedRegistryConfig;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/** Both registries that a serializer of ours may meet, running: a foreign one and our own. */
final class Registries implements AutoCloseable {
  private final EmbeddedRegistry embedded;
  private final Apicurio apicurio;

  private Registries(EmbeddedRegistry embedded, Apicurio apicurio) {
    this.embedded = embedded;
    this.apicurio = apicurio;
  }

  /** Starts both; {@code folder} is the embedded one's. */
  static Registries start(Path folder) {
    var embedded = new EmbeddedRegistry(new EmbeddedRegistryConfig(folder, 0));
    embedded.start();
    try {
      return new Registries(embedded, Apicurio.start());
    } catch (RuntimeException e) {
      embedded.close();
      throw e;
    }
  }

  /** Their addresses, for {@code schema.registry.url}, as arguments of a test. */
  Stream<Named<String>> urls() {
    return Stream.of(
        Named.of("Apicurio", apicurio.url()), Named.of("embedded registry", embedded.url()));
  }

  @Override
  public void close() {
    apicurio.close();
    embedded.close();
  }
}
