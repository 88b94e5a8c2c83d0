package io.waybill.app.cli;

import io.waybill.secrets.Keyset;
import io.waybill.wire.HttpSchemaRegistry;
import io.waybill.wire.SchemaRegistry;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** How to reach Kafka and what belongs to it; the options of every command that does. */
final class KafkaOptions {
  @Option(
      names = "--bootstrap-server",
      paramLabel = "HOST:PORT",
      description = "Kafka brokers to connect to. Default: the Waybill that runs on --data-dir.")
  private Optional<String> bootstrapServer = Optional.empty();

  @Option(
      names = "--command-config",
      paramLabel = "FILE",
      description = "Properties for the Kafka clients (security.protocol, sasl.*, ssl.*).")
  private Optional<Path> commandConfig = Optional.empty();

  @Option(
      names = "--schema-registry",
      paramLabel = "URL",
      description =
          "Schema registry, without a password: basic.auth.user.info goes into --command-config."
              + " Default: as for --bootstrap-server.")
  private Optional<String> schemaRegistry = Optional.empty();

  @Option(
      names = "--keyset",
      paramLabel = "FILE",
      description = "Keyset that credentials are sealed with. Default: as for --bootstrap-server.")
  private Optional<Path> keyset = Optional.empty();

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      defaultValue = ".waybill",
      description = "Data folder of a running `waybill up` (default: ${DEFAULT-VALUE}).")
  private Path dataDir = Path.of(".waybill");

  /**
   * Opens the connection.
   *
   * @throws CliException when it is not clear where to connect, or nobody answers there
   */
  Connection connect(Environment environment) {
    Map<String, String> client = clientProperties(environment);
    Path folder = environment.resolve(dataDir);
    Optional<Endpoint> running = running(environment, client);
    String bootstrap =
        bootstrapServer
            .or(() -> Optional.ofNullable(client.get(Endpoint.BOOTSTRAP_SERVERS)))
            .or(() -> running.flatMap(Endpoint::bootstrapServers))
            .orElseThrow(() ->
                CliException.usage(
                    "no Kafka to connect to: --bootstrap-server was not given, and no Waybill"
                        + " runs on "
                        + folder
                        + " ("
                        + Endpoint.FILE_NAME
                        + " is not there). Give --bootstrap-server HOST:PORT, start `waybill up`"
                        + " in this folder, or name its folder with --data-dir"));
    return Connection.open(
        bootstrap,
        client,
        () -> registry(client, running),
        keyset(environment, running),
        running.flatMap(Endpoint::payloadKeys));
  }

  /** What the Waybill on the data folder says of itself, unless another cluster was named. */
  Optional<Endpoint> running(Environment environment) {
    return running(environment, clientProperties(environment));
  }

  private Optional<Endpoint> running(Environment environment, Map<String, String> client) {
    // It fills in what was not given, but never mixes with another cluster.
    return bootstrapServer.isPresent() || client.containsKey(Endpoint.BOOTSTRAP_SERVERS)
        ? Optional.empty()
        : Endpoint.read(environment.resolve(dataDir));
  }

  private SchemaRegistry registry(Map<String, String> client, Optional<Endpoint> running) {
    Map<String, String> config = new HashMap<>(client);
    schemaRegistry
        .or(() -> Optional.ofNullable(client.get(Endpoint.SCHEMA_REGISTRY_URL)))
        .or(() -> running.flatMap(Endpoint::schemaRegistryUrl))
        .ifPresentOrElse(
            url -> config.put(Endpoint.SCHEMA_REGISTRY_URL, url),
            () -> {
              throw CliException.usage(
                  "this command needs the schema registry: give --schema-registry URL, for example"
                      + " http://localhost:8081");
            });
    try {
      return new HttpSchemaRegistry(config);
    } catch (IllegalArgumentException e) {
      throw CliException.usage("--schema-registry: " + e.getMessage(), e);
    }
  }

  private Optional<Supplier<Keyset>> keyset(Environment environment, Optional<Endpoint> running) {
    return keyset
        .map(environment::resolve)
        .or(() -> running.flatMap(Endpoint::keyset))
        .map(file -> () -> Keyset.load(file));
  }

  private Map<String, String> clientProperties(Environment environment) {
    Map<String, String> map = new HashMap<>();
    if (commandConfig.isEmpty()) {
      return map;
    }
    Path file = environment.resolve(commandConfig.get());
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw CliException.usage(
          "--command-config: the file " + file + " cannot be read: " + Messages.of(e), e);
    }
    properties.stringPropertyNames().forEach(key -> map.put(key, properties.getProperty(key)));
    return map;
  }
}
