package io.waybill.channel.storage;

import static io.waybill.channel.storage.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What lies about on a machine at Amazon is never used. The module's pom sets the environment of
 * all its tests; the system properties, which come first for the SDK, are set here.
 */
class HostileSurroundingsTest {
  private final Rig rig = new Rig();
  private final RawServer server = rig.serve(RawServer.answering(RawServer.kept()));

  /** An endpoint, a proxy and a source of credentials that must not be asked. */
  private final RawServer trap = rig.serve(RawServer.answering(RawServer.kept()));

  @TempDir Path folder;
  private final Map<String, String> properties = new HashMap<>();

  @BeforeEach
  void setTraps() {
    properties.put("aws.accessKeyId", "AKIAHOSTILEHOSTILE03");
    properties.put("aws.secretAccessKey", "hostile/hostile/hostile/hostile/hostile3");
    properties.put("aws.sessionToken", "hostile-token");
    properties.put("aws.region", "xx-hostile-3");
    properties.put("aws.profile", "hostile");
    properties.put("aws.endpointUrl", trap.url());
    properties.put("aws.endpointUrlS3", trap.url());
    properties.put("aws.ec2MetadataServiceEndpoint", trap.url());
    properties.put("aws.useFipsEndpoint", "true");
    properties.put("aws.maxAttempts", "7");
    properties.put("http.proxyHost", "127.0.0.1");
    properties.put("http.proxyPort", Integer.toString(trap.port()));
    properties.put("http.nonProxyHosts", "");
    properties.put("https.proxyHost", "127.0.0.1");
    properties.put("https.proxyPort", Integer.toString(trap.port()));
    properties.put("socksProxyHost", "127.0.0.1");
    properties.put("socksProxyPort", Integer.toString(trap.port()));
    properties.put("socksNonProxyHosts", "");
    properties.replaceAll((name, value) -> System.setProperty(name, value));
  }

  @AfterEach
  void removeTraps() {
    rig.close();
    properties.forEach((name, before) -> {
      if (before == null) {
        System.clearProperty(name);
      } else {
        System.setProperty(name, before);
      }
    });
  }

  /** The SDK fails at reading them, so whoever does not fail has not read them. */
  @Test
  void profileFilesThatCannotBeReadAreNotRead() throws Exception {
    Path broken = Files.writeString(folder.resolve("config"), "key = value\n[profile hostile\n");
    Path folderForFile = Files.createDirectory(folder.resolve("credentials"));
    properties.put("aws.configFile", System.setProperty("aws.configFile", broken.toString()));
    properties.put(
        "aws.sharedCredentialsFile",
        System.setProperty("aws.sharedCredentialsFile", folderForFile.toString()));

    assertThat(rig.send(anAttempt().at(server.url()))).isInstanceOf(Outcome.Delivered.class);
    assertThat(
            rig.send(anAttempt().session("session-token-1").at(server.url()).region("eu-west-1")))
        .isInstanceOf(Outcome.Delivered.class);
  }

  @Test
  void signsWithTheDestinationsKeysForItsRegion() {
    Outcome outcome = rig.send(anAttempt().at(server.url()));

    assertThat(System.getenv("AWS_ACCESS_KEY_ID")).isEqualTo("AKIAHOSTILEHOSTILE00");
    assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
    RawServer.Seen request = server.requests().getFirst();
    assertThat(request.values("Authorization"))
        .singleElement()
        .asString()
        .startsWith("AWS4-HMAC-SHA256 Credential=local-key/")
        .contains("/us-east-1/s3/");
    assertThat(request.head().toLowerCase(java.util.Locale.ROOT)).doesNotContain("hostile");
    assertThat(request.values("x-amz-security-token")).isEmpty();
    assertThat(trap.connections()).isZero();
  }

  @Test
  void amazonMeansAmazon() {
    // Nothing in the surroundings redirects it: only Amazon's own host is looked up.
    rig.resolver(host -> {
      assertThat(host).isEqualTo("archive.s3.us-east-1.amazonaws.com");
      throw new java.net.UnknownHostException(host);
    });

    assertThat(rig.send(anAttempt().atAmazon("us-east-1")))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.DNS_FAILURE));
    assertThat(trap.connections()).isZero();
  }

  @Test
  void aDestinationWithoutKeysIsNotSignedByAnybody() {
    Outcome outcome = rig.send(anAttempt().platform().at(server.url()));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.INVALID_CREDENTIAL);
              assertThat(failed.message()).contains("storage.platformCredentials");
            });
    assertThat(server.connections()).isZero();
    assertThat(trap.connections()).isZero();
  }

  @Test
  void asksOnceWhateverTheSurroundingsSayOfRetries() {
    RawServer busy = rig.serve(RawServer.answering(RawServer.error(500, "InternalError")));

    assertThat(rig.send(anAttempt().at(busy.url()))).isInstanceOf(Outcome.Transient.class);
    assertThat(busy.requests()).hasSize(1);
  }
}
