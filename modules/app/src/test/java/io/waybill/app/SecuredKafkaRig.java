package io.waybill.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.wire.TopicCatalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclBinding;

/**
 * Every role of an installation as a user of its own, with the rights that the table gives it and
 * no others, on a broker that refuses the rest; each configured as the examples in deploy/kafka
 * say.
 */
final class SecuredKafkaRig implements AutoCloseable {
  /** Whose certificate the broker knows. */
  static final Role WITH_CERTIFICATE = Role.SENDER_EMAIL;

  private static final Path EXAMPLES = Path.of("..", "..", "deploy", "kafka");
  private static final String EXAMPLES_CA = "/etc/waybill/kafka/ca.crt";
  private static final String EXAMPLES_KEYS = "/etc/waybill/kafka/user.p12";

  private final Path folder;
  private final TestCertificate brokers;
  private final TestCertificate known;
  private final SecuredBroker broker;
  private final Installation administrator;
  private final Map<Role, WaybillProcess> processes = new LinkedHashMap<>();

  /** Starts the broker, gives everybody his rights and starts every role. */
  SecuredKafkaRig(Path folder) {
    this.folder = folder;
    brokers = TestCertificate.of(folder, "broker");
    known = TestCertificate.of(folder, WITH_CERTIFICATE.word());
    broker = new SecuredBroker(folder, brokers, known.pem());
    // Makes the topics, and is everybody's administrator; it runs no role.
    administrator = Installation.start(broker.own(), Set.of());
    Map<String, String> users = new HashMap<>();
    List<AclBinding> acls = new ArrayList<>();
    for (KafkaUser user : KafkaUser.all()) {
      users.put(nameOf(user), passwordOf(user));
      rights(user, "User:" + nameOf(user)).forEach(acls::add);
    }
    rights(new KafkaUser.Running(WITH_CERTIFICATE), "User:CN=" + WITH_CERTIFICATE.word())
        .forEach(acls::add);
    broker.addUsers(users);
    broker.allow(acls);
    KafkaUser.all().forEach(user -> broker.awaitLogIn(client(user)));
    for (Role role : Role.values()) {
      WaybillProcess process = process(config("sasl-scram.yaml", role, "one"));
      processes.put(role, process);
      process.start();
    }
    processes.values().forEach(WaybillProcess::awaitReady);
  }

  static String nameOf(KafkaUser user) {
    return "waybill-" + user.word();
  }

  private static String passwordOf(KafkaUser user) {
    return "password of " + user.word();
  }

  private Stream<AclBinding> rights(KafkaUser user, String principal) {
    return acls().of(user).stream().flatMap(acl -> acl.bindings(principal));
  }

  /** The table, for the request topics of this installation. */
  KafkaAcls acls() {
    return new KafkaAcls(administrator.config().requestTopics().names());
  }

  Installation administrator() {
    return administrator;
  }

  SecuredBroker broker() {
    return broker;
  }

  /** The certificate of the brokers. */
  TestCertificate brokers() {
    return brokers;
  }

  WaybillProcess process(WaybillConfig config) {
    return new WaybillProcess(config, WaybillProcess.Topics.REQUIRE);
  }

  /** The client properties of a user with a password. */
  Map<String, String> client(KafkaUser user) {
    return kafka("sasl-scram.yaml", nameOf(user), passwordOf(user));
  }

  /** The same as a file for {@code --command-config}, the registry included. */
  Path clientFile(KafkaUser user) {
    Properties properties = new Properties();
    properties.putAll(client(user));
    properties.putAll(administrator.config().schemaRegistry());
    Path file = folder.resolve(user.word() + ".properties");
    try (var out = Files.newBufferedWriter(file, UTF_8)) {
      properties.store(out, null);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The properties of one of the examples, for this broker. */
  Map<String, String> kafka(String example, String user, String password) {
    return read(example, Role.TIMER, "any", user, password).kafka();
  }

  /** A role as one of the examples configures it. */
  WaybillConfig config(String example, Role role, String instance) {
    KafkaUser user = new KafkaUser.Running(role);
    return read(example, role, instance, nameOf(user), passwordOf(user));
  }

  private WaybillConfig read(
      String example, Role role, String instance, String user, String password) {
    try {
      String text =
          Files.readString(EXAMPLES.resolve(example))
              .replace(EXAMPLES_CA, brokers.pem().toString())
              .replace(EXAMPLES_KEYS, known.keyStore().toString())
              .replace("kafka-1:9093,kafka-2:9093,kafka-3:9093", broker.passwords())
              .replace("kafka-1:9094,kafka-2:9094,kafka-3:9094", broker.certificates());
      Path file = Files.writeString(folder.resolve(role.word() + "-" + instance + ".yaml"), text);
      WaybillConfig shared = administrator.config();
      WaybillConfig read =
          ConfigFile.read(
              file,
              Map.of(
                  "KAFKA_USER",
                  user,
                  "KAFKA_PASSWORD",
                  password,
                  "KAFKA_KEYSTORE_PASSWORD",
                  TestCertificate.PASSWORD,
                  "WAYBILL__SCHEMA_REGISTRY__SCHEMA_REGISTRY_URL",
                  shared.schemaRegistry().get("schema.registry.url"),
                  "WAYBILL__KEYSET",
                  shared.keyset().toString(),
                  "WAYBILL__STATE_DIRECTORY",
                  folder.resolve("state-" + role.word()).toString(),
                  "WAYBILL__INSTANCE",
                  instance));
      return new WaybillConfig(
              Set.of(role),
              read.kafka(),
              read.schemaRegistry(),
              read.keyset(),
              read.stateDirectory(),
              read.instance(),
              TopicCatalog.EMBEDDED_PARTITIONS,
              shared.allowCidrs(),
              0,
              shared.sending())
          .withRequestTopics(shared.requestTopics());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    List<Thread> closing =
        processes.values().stream()
            .map(process -> Thread.ofVirtual().start(process::close))
            .toList();
    for (Thread thread : closing) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
    administrator.close();
    broker.close();
  }
}
