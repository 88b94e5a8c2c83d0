package io.waybill.app;

import static io.waybill.app.ConfigFileTest.LEAST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.waybill.channel.storage.LocalRoot;
import io.waybill.channel.storage.PlatformCredentials;
import io.waybill.domain.OrganizationId;
import io.waybill.guard.EgressProxy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator says about mail servers and his own credentials, right and wrong. */
class SendingConfigTest {
  private static final String KEY_ID = "AKIAIOSFODNN7EXAMPLE";
  private static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  private static final String GOOD = "accessKeyId=" + KEY_ID + "\nsecretAccessKey=" + SECRET;

  @TempDir private Path folder;

  @Test
  void readsWhereMailsMayGoInClear() throws IOException {
    assertThat(
            read(LEAST + "email: {allowUnencrypted: [relay.internal.example, 10.1.2.3]}\n")
                .sending()
                .unencryptedSmtp())
        .containsExactlyInAnyOrder("relay.internal.example", "10.1.2.3");
    assertThat(read(LEAST + "email: {}\n").sending().unencryptedSmtp()).isEmpty();
  }

  @Test
  void readsWhereMailServicesAre() throws IOException {
    assertThat(
            read(LEAST + "email: {sesEndpoint: 'https://ses.internal.example'}\n")
                .sending()
                .mailEndpoints())
        .isEqualTo(
            new Sending.MailEndpoints(
                Optional.of(URI.create("https://ses.internal.example")), Optional.empty()));
    assertThat(
            read(LEAST + "email: {sendGridEndpoint: 'http://127.0.0.1:9000/'}\n")
                .sending()
                .mailEndpoints()
                .sendGrid())
        .contains(URI.create("http://127.0.0.1:9000/"));
    assertThat(read(LEAST).sending().mailEndpoints()).isEqualTo(Sending.MailEndpoints.none());
  }

  @Test
  void readsTheWayOut() throws IOException {
    Path file = Files.writeString(folder.resolve("proxy"), "user=waybill\npassword=let me out\n");
    assertThatThrownBy(() ->
            read(
                LEAST
                    + "egressProxy: {host: proxy.internal, port: 3128, credentialsFile: proxy}\n"))
        .hasMessageContaining("not private");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

    EgressProxy proxy =
        read(LEAST
                + "egressProxy: {host: proxy.internal, port: 3128, connectBy: name,"
                + " credentialsFile: proxy}\n")
            .sending()
            .egressProxy()
            .orElseThrow();

    assertThat(proxy.host()).isEqualTo("proxy.internal");
    assertThat(proxy.port()).isEqualTo(3128);
    assertThat(proxy.asks()).isEqualTo(EgressProxy.Asks.BY_NAME);
    assertThat(proxy.logIn().orElseThrow().password()).isEqualTo("let me out");
    assertThat(proxy.toString()).doesNotContain("let me out");
    assertThat(read(LEAST).sending().egressProxy()).isEmpty();
    assertThat(read(LEAST + "egressProxy: {host: '10.0.0.1', port: 1}\n").sending().egressProxy())
        .hasValueSatisfying(it -> assertThat(it.asks()).isEqualTo(EgressProxy.Asks.BY_ADDRESS));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{port: 3128}",
        "{host: proxy}",
        "{host: 'http://proxy', port: 3128}",
        "{host: proxy, port: 0}",
        "{host: proxy, port: 3128, connectBy: luck}",
        "{host: proxy, port: 3128, credentialsFile: missing}",
        "{host: proxy, port: 3128, password: secret}",
      })
  void refusesAWayOutThatIsNone(String section) {
    assertThatThrownBy(() -> read(LEAST + "egressProxy: " + section + "\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("egressProxy");
  }

  @Test
  void readsTheOperatorsOwnCredentials() throws IOException {
    Files.createDirectory(folder.resolve("secret"));
    writePrivately(
        folder.resolve("secret/amazon.properties"),
        "accessKeyId=%s\nsecretAccessKey = %s \n".formatted(KEY_ID, SECRET));
    writePrivately(
        folder.resolve("secret/other.properties"),
        "accessKeyId=k-1\nsecretAccessKey=s-12345678\nsessionToken= t-1 \n");

    WaybillConfig config =
        read(
            LEAST
                + """
                storage:
                  platformCredentials:
                    - organizationId: enterprise-001
                      bucket: enterprise-audit-backup
                      credentialsFile: secret/amazon.properties
                    - organizationId: enterprise-002
                      bucket: shared
                      endpoint: https://s3.example.com
                      prefix: enterprise-002/
                      credentialsFile: secret/other.properties
                """);

    assertThat(config.sending().platformCredentials())
        .isEqualTo(
            new PlatformCredentials(
                List.of(
                    new PlatformCredentials.Grant(
                        new OrganizationId("enterprise-001"),
                        "enterprise-audit-backup",
                        Optional.empty(),
                        "",
                        KEY_ID,
                        SECRET,
                        Optional.empty()),
                    new PlatformCredentials.Grant(
                        new OrganizationId("enterprise-002"),
                        "shared",
                        Optional.of(URI.create("https://s3.example.com")),
                        "enterprise-002/",
                        "k-1",
                        "s-12345678",
                        Optional.of("t-1")))));
    assertThat(config.toString()).doesNotContain(KEY_ID, SECRET, "s-12345678", "t-1");
  }

  @Test
  void readsLocalFoldersAndRoles() throws IOException {
    writePrivately(folder.resolve("roles.properties"), GOOD);
    PlatformCredentials platform =
        read(LEAST
                + """
                storage:
                  platformCredentials:
                    - organizationId: enterprise-001
                      bucket: theirs
                      roleArn: arn:aws:iam::123456789012:role/archive
                      credentialsFile: roles.properties
                  localRoots:
                    - organizationId: hospital-001
                      name: archive
                      folder: /var/lib/waybill/archive
                      prefix: hospital-001/
                    - organizationId: hospital-002
                      name: archive
                      folder: archive-2
                """)
            .sending()
            .platformCredentials();

    assertThat(platform.grants().getFirst().roleArn())
        .contains("arn:aws:iam::123456789012:role/archive");
    assertThat(platform.localRoots())
        .containsExactly(
            new LocalRoot(
                new OrganizationId("hospital-001"),
                "archive",
                Path.of("/var/lib/waybill/archive"),
                "hospital-001/"),
            new LocalRoot(
                new OrganizationId("hospital-002"), "archive", folder.resolve("archive-2"), ""));
  }

  static Stream<Arguments> wrongSending() {
    return Stream.of(
        argumentSet(
            "unknown email key",
            "email: {allowUnencrypted: [a.example], starttls: false}",
            "",
            "email.starttls is not a key; there are [allowUnencrypted, sendGridEndpoint, sesEndpoint]"),
        argumentSet(
            "one host, no list",
            "email: {allowUnencrypted: relay.example}",
            "",
            "email.allowUnencrypted must be a list"),
        argumentSet(
            "host with port",
            "email: {allowUnencrypted: ['relay.example:25']}",
            "",
            "email.allowUnencrypted must hold host names"),
        argumentSet(
            "every host",
            "email: {allowUnencrypted: ['*']}",
            "",
            "email.allowUnencrypted must hold host names"),
        argumentSet(
            "hosts that are no texts",
            "email: {allowUnencrypted: [{host: relay.example}]}",
            "",
            "email.allowUnencrypted must hold host names"),
        argumentSet(
            "a service's path",
            "email: {sesEndpoint: 'https://ses.internal.example/v2'}",
            "",
            "email.sesEndpoint must be a URL"),
        argumentSet(
            "a service's user",
            "email: {sendGridEndpoint: 'https://user:hunter2@sg.internal.example'}",
            "",
            "email.sendGridEndpoint must be a URL"),
        argumentSet(
            "a service without a scheme",
            "email: {sendGridEndpoint: 'sg.internal.example'}",
            "",
            "email.sendGridEndpoint must be a URL"),
        argumentSet(
            "unknown storage key",
            "storage: {defaultCredentials: true}",
            "",
            "storage.defaultCredentials is not a key; there are [localRoots, platformCredentials]"),
        argumentSet(
            "a grant, no list",
            "storage: {platformCredentials: {bucket: b}}",
            "",
            "must be a list"),
        argumentSet(
            "a folder for its name",
            "storage: {localRoots: [{organizationId: o, name: /var/x, folder: /var/x}]}",
            "",
            "storage.localRoots[0]"),
        argumentSet(
            "a folder without an owner",
            "storage: {localRoots: [{name: archive, folder: /var/x}]}",
            "",
            "storage.localRoots[0].organizationId is missing"),
        argumentSet("a text for a grant", grants("secret"), "", "must hold keys and values"),
        argumentSet(
            "keys in the configuration itself",
            grant("accessKeyId: " + KEY_ID + ", secretAccessKey: " + SECRET),
            "",
            "storage.platformCredentials[0].accessKeyId is not a key; there are [bucket,"
                + " credentialsFile, endpoint, organizationId, prefix, roleArn]"),
        argumentSet(
            "no organization",
            grants("{bucket: audit-backup, credentialsFile: keys.properties}"),
            GOOD,
            "storage.platformCredentials[0].organizationId is missing"),
        argumentSet(
            "no organization's name",
            grants(
                "{organizationId: 'a b', bucket: audit-backup, credentialsFile: keys.properties}"),
            GOOD,
            "storage.platformCredentials[0].organizationId must be"),
        argumentSet(
            "no bucket",
            grants("{organizationId: org-1, credentialsFile: keys.properties}"),
            GOOD,
            "storage.platformCredentials[0].bucket is missing"),
        argumentSet(
            "no bucket's name",
            grants("{organizationId: org-1, bucket: No_Bucket, credentialsFile: keys.properties}"),
            GOOD,
            "storage.platformCredentials[0] bucket"),
        argumentSet(
            "no URL",
            grant("endpoint: 'not a url', credentialsFile: keys.properties"),
            GOOD,
            "storage.platformCredentials[0].endpoint must be a URL"),
        argumentSet(
            "an endpoint with a path",
            grant("endpoint: 'https://s3.example.com/path', credentialsFile: keys.properties"),
            GOOD,
            "storage.platformCredentials[0] endpoint"),
        argumentSet(
            "a prefix that is no folder",
            grant("prefix: backup, credentialsFile: keys.properties"),
            GOOD,
            "storage.platformCredentials[0] prefix must name a folder"),
        argumentSet(
            "no credentials",
            grant("prefix: backup/"),
            "",
            "storage.platformCredentials[0].credentialsFile is missing"),
        argumentSet(
            "no such file",
            grant("credentialsFile: nowhere.properties"),
            GOOD,
            "storage.platformCredentials[0].credentialsFile must be a readable file"),
        argumentSet(
            "a folder",
            grant("credentialsFile: ."),
            GOOD,
            "storage.platformCredentials[0].credentialsFile must be a readable file"),
        argumentSet(
            "a file that is no properties",
            grant("credentialsFile: keys.properties"),
            "secretAccessKey=" + SECRET + "\\u00zz",
            "storage.platformCredentials[0].credentialsFile must be a readable file"),
        argumentSet(
            "no secret",
            grant("credentialsFile: keys.properties"),
            "accessKeyId=" + KEY_ID,
            "storage.platformCredentials[0].credentialsFile holds no secretAccessKey"),
        argumentSet(
            "an empty key id",
            grant("credentialsFile: keys.properties"),
            "accessKeyId=\nsecretAccessKey=" + SECRET,
            "storage.platformCredentials[0].credentialsFile holds no accessKeyId"),
        argumentSet(
            "not Amazon's key id",
            grant("credentialsFile: keys.properties"),
            "accessKeyId=" + KEY_ID.toLowerCase(Locale.ROOT) + "\nsecretAccessKey=" + SECRET,
            "storage.platformCredentials[0] accessKeyId must be an access key id of Amazon's"),
        argumentSet(
            "a token with a blank",
            grant("credentialsFile: keys.properties"),
            GOOD + "\nsessionToken=" + SECRET + " " + SECRET,
            "storage.platformCredentials[0] sessionToken must be"),
        argumentSet(
            "an empty token",
            grant("credentialsFile: keys.properties"),
            GOOD + "\nsessionToken=",
            "storage.platformCredentials[0] sessionToken"));
  }

  private static String grants(String grant) {
    return "storage: {platformCredentials: [" + grant + "]}";
  }

  private static String grant(String rest) {
    return grants("{organizationId: org-1, bucket: audit-backup, " + rest + "}");
  }

  @ParameterizedTest
  @MethodSource("wrongSending")
  void namesTheKeyAndNoSecret(String yaml, String credentials, String message) throws IOException {
    writePrivately(folder.resolve("keys.properties"), credentials);

    assertThatThrownBy(() -> read(LEAST + yaml + "\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("waybill.yaml")
        .hasMessageContaining(message)
        .satisfies(thrown ->
            assertThat(trace(thrown))
                .as("with its causes")
                .doesNotContain(KEY_ID)
                .doesNotContain(KEY_ID.toLowerCase(Locale.ROOT))
                .doesNotContain(SECRET));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r--r--", "rw-rw----", "rw----r--"})
  void refusesCredentialsThatOthersCanRead(String mode) throws IOException {
    Path file = folder.resolve("keys.properties");
    writePrivately(file, GOOD);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));

    assertThatThrownBy(() -> read(LEAST + grant("credentialsFile: keys.properties") + "\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("storage.platformCredentials[0].credentialsFile")
        .hasMessageContaining("chmod 600 '" + file + "'")
        .hasMessageContaining(mode);

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
    assertThat(read(LEAST + grant("credentialsFile: keys.properties") + "\n")).isNotNull();
  }

  private static void writePrivately(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static String trace(Throwable thrown) {
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace));
    return trace.toString();
  }

  private WaybillConfig read(String yaml) throws IOException {
    return ConfigFile.read(Files.writeString(folder.resolve("waybill.yaml"), yaml));
  }
}
