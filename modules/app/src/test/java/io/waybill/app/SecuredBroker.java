package io.waybill.app;

import io.waybill.embedded.EmbeddedBrokerConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.awaitility.Awaitility;

/**
 * The real broker in this JVM as a company would run it: one listener for users with passwords over
 * TLS, one for users with certificates, and Kafka's own authorizer, which allows nobody anything
 * that no ACL says. A third listener, plain, is the cluster's own: whoever comes there is its
 * administrator.
 */
final class SecuredBroker implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final int NODE = 1;
  private static final long WITHIN_SECONDS = 60;
  private static final int SCRAM_ITERATIONS = 4096;

  /** For the user {@code plain} of the mechanism {@code PLAIN}. */
  static final String PLAIN_PASSWORD = "plain-password";

  private final KafkaRaftServer server;
  private final String own;
  private final String passwords;
  private final String certificates;
  private final Admin admin;

  /**
   * Starts it and waits until it answers.
   *
   * @param known whose certificates are taken
   */
  SecuredBroker(Path folder, TestCertificate certificate, Path known) {
    List<Integer> ports = freePorts(4);
    own = HOST + ":" + ports.get(0);
    passwords = HOST + ":" + ports.get(1);
    certificates = HOST + ":" + ports.get(2);
    String controller = HOST + ":" + ports.get(3);
    Path data = folder.resolve("kafka");
    format(data);
    Properties properties = new Properties();
    properties.putAll(EmbeddedBrokerConfig.defaults());
    properties.putAll(
        Map.of(
            "process.roles",
            "broker,controller",
            "node.id",
            Integer.toString(NODE),
            "controller.quorum.voters",
            NODE + "@" + controller,
            "controller.listener.names",
            "CONTROLLER",
            "inter.broker.listener.name",
            "OWN",
            "log.dirs",
            data.toString()));
    String listeners =
        "OWN://%s,PASSWORDS://%s,CERTIFICATES://%s".formatted(own, passwords, certificates);
    properties.putAll(
        Map.of(
            "listeners", listeners + ",CONTROLLER://" + controller,
            "advertised.listeners", listeners,
            "listener.security.protocol.map",
                "OWN:PLAINTEXT,CONTROLLER:PLAINTEXT,PASSWORDS:SASL_SSL,CERTIFICATES:SSL",
            "sasl.enabled.mechanisms", "SCRAM-SHA-512,PLAIN",
            "listener.name.passwords.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;",
            "listener.name.passwords.plain.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required user_plain=\""
                    + PLAIN_PASSWORD
                    + "\";",
            "listener.name.certificates.ssl.client.auth", "required"));
    properties.putAll(
        Map.of(
            "ssl.keystore.type",
            "PKCS12",
            "ssl.keystore.location",
            certificate.keyStore().toString(),
            "ssl.keystore.password",
            TestCertificate.PASSWORD,
            "ssl.truststore.type",
            "PEM",
            "ssl.truststore.location",
            known.toString(),
            "authorizer.class.name",
            RecordingAuthorizer.class.getName(),
            "allow.everyone.if.no.acl.found",
            "false",
            "super.users",
            "User:ANONYMOUS"));
    server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
    server.startup();
    admin = Admin.create(Map.of("bootstrap.servers", own));
    await(admin.describeCluster().clusterId());
  }

  private static void format(Path folder) {
    try (PrintStream quiet =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
      new Formatter()
          .setPrintStream(quiet)
          .setSupportedFeatures(List.copyOf(Feature.PRODUCTION_FEATURES))
          .setNodeId(NODE)
          .setClusterId(Uuid.randomUuid().toString())
          .addDirectory(folder.toString())
          .setMetadataLogDirectory(folder.toString())
          .setControllerListenerName("CONTROLLER")
          .run();
    } catch (Exception e) { // declared so by Kafka
      throw new IllegalStateException(e);
    }
  }

  /** All are held at once, so that they differ. */
  private static List<Integer> freePorts(int count) {
    List<ServerSocket> held = new ArrayList<>();
    try {
      List<Integer> ports = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral(HOST));
        held.add(socket);
        ports.add(socket.getLocalPort());
      }
      for (ServerSocket socket : held) {
        socket.close();
      }
      return ports;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the cluster's administrator comes in, without a word. */
  String own() {
    return own;
  }

  /** Where users show a password, over TLS. */
  String passwords() {
    return passwords;
  }

  /** Where users show a certificate. */
  String certificates() {
    return certificates;
  }

  /** The administrator. */
  Admin admin() {
    return admin;
  }

  /** Gives users of {@code SCRAM-SHA-512} their passwords. */
  void addUsers(Map<String, String> passwordsByName) {
    Map<String, String> users = new HashMap<>(passwordsByName);
    List<UserScramCredentialAlteration> credentials = new ArrayList<>();
    users.forEach((name, password) ->
        credentials.add(
            new UserScramCredentialUpsertion(
                name,
                new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, SCRAM_ITERATIONS),
                password)));
    await(admin.alterUserScramCredentials(credentials).all());
  }

  /** What the controller has written down reaches the broker a moment later. */
  void awaitLogIn(Map<String, String> client) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(WITHIN_SECONDS))
        .ignoreException(SaslAuthenticationException.class)
        .until(() -> {
          try (Admin user = Admin.create(new HashMap<>(client))) {
            user.describeCluster().clusterId().get();
            return true;
          } catch (ExecutionException e) {
            throw e.getCause() instanceof SaslAuthenticationException refused ? refused : e;
          }
        });
  }

  /** Allows something. */
  void allow(Collection<AclBinding> acls) {
    await(admin.createAcls(acls).all());
    Awaitility.await()
        .atMost(Duration.ofSeconds(WITHIN_SECONDS))
        .until(() -> await(admin.describeAcls(AclBindingFilter.ANY).values()).containsAll(acls));
  }

  static <T> T await(org.apache.kafka.common.KafkaFuture<T> future) {
    try {
      return future.get(WITHIN_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    admin.close();
    server.shutdown();
    server.awaitShutdown();
  }
}
