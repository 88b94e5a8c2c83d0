package io.waybill.channel.storage;

import static io.waybill.channel.storage.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.channel.storage.PlatformCredentials.Grant;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Outcome;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformCredentialsTest {
  private static final URI STORE = URI.create("https://s3.example");

  private static Grant grant(String organization, Optional<URI> endpoint, String prefix) {
    return new Grant(
        new OrganizationId(organization),
        "archive",
        endpoint,
        prefix,
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        Optional.empty());
  }

  private static PlatformCredentials allowing(String prefix) {
    return new PlatformCredentials(List.of(grant("hospital-001", Optional.of(STORE), prefix)));
  }

  private static List<FieldError> check(PlatformCredentials platform, Attempts attempt) {
    return platform.check(Attempts.ORGANIZATION, attempt.config());
  }

  @DisplayName("row 46: refuses a destination without keys and names the switch")
  @Test
  void refusesADestinationWithoutKeysAndNamesTheSwitch() {
    assertThat(check(PlatformCredentials.none(), anAttempt().platform()))
        .singleElement()
        .returns("config.storage.config.accessKeyId", FieldError::field)
        .returns("credentials-missing", FieldError::code)
        .satisfies(error ->
            assertThat(error.message())
                .contains("storage.platformCredentials", "configuration file", "archive"));
  }

  @Test
  void hasNothingAgainstADestinationWithKeys() {
    assertThat(check(PlatformCredentials.none(), anAttempt())).isEmpty();
    assertThat(check(PlatformCredentials.none(), anAttempt().session("x"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "https://s3.example,archive,true",
    "https://S3.example:443/,archive,true",
    "https://s3.example,other,false",
    "https://s3.example:8443,archive,false",
    "http://s3.example,archive,false",
    "https://evil.example,archive,false",
  })
  void allowsOneBucketAtOneStore(String endpoint, String bucket, boolean allowed) {
    assertThat(check(allowing(""), anAttempt().platform().at(endpoint).bucket(bucket)).isEmpty())
        .isEqualTo(allowed);
  }

  @Test
  void lendsNoKeyOfTheKeyStore() {
    assertThat(check(allowing(""), anAttempt().platform().at(STORE).kms("key-1"))).isNotEmpty();
  }

  @Test
  void assumesNoRoleThatTheOperatorDoesNotName() {
    String role = "arn:aws:iam::123456789012:role/archive";
    PlatformCredentials naming =
        new PlatformCredentials(
            List.of(
                new Grant(
                    Attempts.ORGANIZATION,
                    "archive",
                    Optional.of(STORE),
                    "",
                    "AKIAIOSFODNN7EXAMPLE",
                    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                    Optional.empty(),
                    Optional.of(role))));

    assertThat(check(naming, anAttempt().platform().at(STORE).role(role))).isEmpty();
    assertThat(check(naming, anAttempt().platform().at(STORE).role(role + "-2"))).isNotEmpty();
    assertThat(check(naming, anAttempt().platform().at(STORE))).isNotEmpty();
    assertThat(check(allowing(""), anAttempt().platform().at(STORE).role(role))).isNotEmpty();
  }

  @Test
  void amazonIsAnotherStore() {
    PlatformCredentials amazon =
        new PlatformCredentials(List.of(grant("hospital-001", Optional.empty(), "")));

    assertThat(check(amazon, anAttempt().platform().atAmazon("us-east-1"))).isEmpty();
    assertThat(check(amazon, anAttempt().platform().at(STORE))).isNotEmpty();
    assertThat(check(allowing(""), anAttempt().platform().atAmazon("us-east-1"))).isNotEmpty();
  }

  @Test
  void allowsNoOtherOrganization() {
    PlatformCredentials other =
        new PlatformCredentials(List.of(grant("hospital-002", Optional.of(STORE), "")));

    assertThat(check(other, anAttempt().platform().at(STORE))).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "logs/hospital-001/,/logs/hospital-001/{year}/,true",
    "logs/hospital-001/,logs/{organizationId}/,true",
    "logs/hospital-001/,logs/{{organizationId}}/x/,true",
    "logs/hospital-001/,logs/hospital-002/,false",
    "logs/hospital-001/,logs/{type}/,false",
    "logs/hospital-001/,{organizationId}/,false",
    "logs/hospital-001/,logs/hospital-0011/,false",
    "logs/hospital-001/,../logs/hospital-001/,false",
  })
  void keepsOrganizationsInTheirFolders(String prefix, String path, boolean allowed) {
    assertThat(check(allowing(prefix), anAttempt().platform().at(STORE).path(path)).isEmpty())
        .isEqualTo(allowed);
  }

  @Test
  void tellsNoSecret() {
    assertThat(allowing("").toString()).doesNotContain("wJalr").doesNotContain("AKIA");
    assertThatThrownBy(() ->
            new Grant(
                Attempts.ORGANIZATION,
                "archive",
                Optional.empty(),
                "",
                "AKIAIOSFODNN7EXAMPLE",
                "not a secret of Amazon's",
                Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("secretAccessKey must")
        .message()
        .doesNotContain("not a secret");
    assertThatThrownBy(() -> grant("hospital-001", Optional.empty(), "/logs/"))
        .hasMessageContaining("prefix");
  }

  @Test
  void signWhatTheOperatorAllows() {
    try (Rig rig = new Rig()) {
      RawServer server = rig.serve(RawServer.answering(RawServer.kept()));
      rig.platform(
          new PlatformCredentials(
              List.of(
                  new Grant(
                      Attempts.ORGANIZATION,
                      "archive",
                      Optional.of(URI.create(server.url())),
                      "audit-logs/hospital-001/",
                      "platform-key",
                      "platform-secret",
                      Optional.of("platform-token")))));

      assertThat(rig.send(anAttempt().platform().at(server.url())))
          .isInstanceOf(Outcome.Delivered.class);
      RawServer.Seen request = server.requests().getFirst();
      assertThat(request.values("Authorization").getFirst()).contains("Credential=platform-key/");
      assertThat(request.values("x-amz-security-token")).containsExactly("platform-token");
      assertThat(rig.send(anAttempt().platform().at(server.url()).path("/elsewhere/")))
          .isInstanceOf(Outcome.Permanent.class);
      assertThat(server.requests()).hasSize(1);
    }
  }
}
