package io.waybill.channel.storage;

import static io.waybill.channel.storage.Attempts.anAttempt;
import static io.waybill.channel.storage.RawServer.answer;
import static io.waybill.channel.storage.RawServer.error;
import static io.waybill.channel.storage.RawServer.kept;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a store's answers mean. Labels like "row 108" name the rows of the list of bad answers, f37
 * and f39 those of the list of faults.
 */
class StorageAnswersTest {
  private static final String SHA256 = anAttempt().build().data().sha256();
  private static final String CHECKSUM =
      Base64.getEncoder().encodeToString(HexFormat.of().parseHex(SHA256));
  private static final String OTHER = Base64.getEncoder().encodeToString(new byte[32]);
  private static final String EXISTS = error(412, "PreconditionFailed");

  private final Rig rig = new Rig();

  @AfterEach
  void closeRig() {
    rig.close();
  }

  private Outcome after(String... answers) {
    return rig.send(anAttempt().at(rig.serve(RawServer.inTurn(answers)).url()));
  }

  private static void isTransient(Outcome outcome, Reason reason, String words) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(reason);
              assertThat(failed.message()).contains(words);
            });
  }

  private static void isPermanent(Outcome outcome, Reason reason, String words) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(reason);
              assertThat(failed.message()).contains(words);
            });
  }

  /** HEAD has no body, however long it says that one would be. */
  private static String head(int status, String... headers) {
    return answer(status, "", headers);
  }

  @Test
  void keptIsDeliveredAndNamesTheObject() {
    Attempts attempt = anAttempt();
    RawServer server = rig.serve(RawServer.answering(kept("x-amz-checksum-sha256: " + CHECKSUM)));

    assertThat(rig.send(attempt.at(server.url())))
        .isInstanceOfSatisfying(
            Outcome.Delivered.class,
            delivered -> {
              assertThat(delivered.answer()).isEqualTo("200");
              assertThat(delivered.externalReference()).contains("s3://archive/" + attempt.key());
            });
  }

  @ParameterizedTest
  @CsvSource({
    "503,SlowDown",
    "503,ServiceUnavailable",
    "500,InternalError",
    "502,",
    "507,",
    "429,",
    "408,",
    "409,ConditionalRequestConflict",
    "409,OperationAborted",
    "409,",
    "400,RequestTimeout",
    "400,BadDigest",
    "400,XAmzContentChecksumMismatch",
    "400,ExpiredToken",
    "403,RequestTimeTooSkewed",
    "307,TemporaryRedirect",
  })
  void f37AndF39WhatPassesLater(int status, String code) {
    isTransient(
        after(error(status, Optional.ofNullable(code).orElse("WhoKnows"))),
        Reason.STORAGE_TRANSIENT,
        code == null ? "answered " + status : code);
  }

  @ParameterizedTest
  @CsvSource({
    "404,NoSuchBucket",
    "403,AccessDenied",
    "403,InvalidAccessKeyId",
    "403,SignatureDoesNotMatch",
    "400,InvalidToken",
    "403,QuotaExceeded",
    "400,EntityTooLarge",
    "400,InvalidStorageClass",
    "400,KMS.NotFoundException",
    "400,AuthorizationHeaderMalformed",
    "501,NotImplemented",
    "400,",
    "401,",
    "403,",
    "404,",
    "405,",
    "411,",
  })
  void f39WhatNeverPasses(int status, String code) {
    isPermanent(
        after(error(status, Optional.ofNullable(code).orElse("WhoKnows"))),
        Reason.STORAGE_PERMANENT,
        code == null ? "answered " + status : code);
  }

  @ParameterizedTest
  @CsvSource({"301,PermanentRedirect", "302,", "308,"})
  void f39RedirectsAreNotFollowed(int status, String code) {
    RawServer other = rig.serve(RawServer.answering(kept()));

    Outcome outcome =
        after(
            answer(
                status,
                "<Error><Code>" + code + "</Code></Error>",
                "Location: " + other.url() + "/x",
                "x-amz-bucket-region: eu-west-1"));

    isPermanent(outcome, Reason.REDIRECT_REFUSED, "region");
    assertThat(other.connections()).isZero();
  }

  @Test
  void nothingThatTheStoreWritesReachesAMessage() {
    Outcome outcome = after(error(400, "local-secret-in-a-code"));

    assertThat(outcome.toString())
        .doesNotContain("local-secret-in-a-code")
        .doesNotContain("what the store says");
  }

  @Test
  void isAskedOnceWhateverItAnswers() {
    RawServer server = rig.serve(RawServer.answering(error(503, "SlowDown")));

    rig.send(anAttempt().at(server.url()));

    assertThat(server.requests()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"7,7", "0,0", "-1,", "x,", "99999999999,"})
  void f37ComesBackNoSoonerThanAsked(String header, Long seconds) {
    Outcome outcome = after(answer(503, "", "Retry-After: " + header));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed ->
                assertThat(failed.retryAfter())
                    .isEqualTo(Optional.ofNullable(seconds).map(Duration::ofSeconds)));
  }

  @DisplayName("row 108: F37 success with an error in its body is none")
  @Test
  void f37SuccessWithAnErrorInItsBodyIsNone() {
    String body = "<?xml version=\"1.0\"?>\n<Error><Code>InternalError</Code></Error>";

    isTransient(
        after(answer(200, body, "ETag: \"x\"")), Reason.STORAGE_TRANSIENT, "error in the body");
  }

  @Test
  void successWithoutAnETagIsNone() {
    isTransient(after(answer(200, "")), Reason.STORAGE_TRANSIENT, "ETag");
    isTransient(after(answer(202, "")), Reason.STORAGE_TRANSIENT, "ETag");
  }

  @DisplayName("row 110: another checksum is no success")
  @Test
  void anotherChecksumIsNoSuccess() {
    // Row 110.
    isTransient(
        after(kept("x-amz-checksum-sha256: " + OTHER)), Reason.STORAGE_TRANSIENT, "SHA-256");
  }

  @ParameterizedTest
  @CsvSource({
    "x-amz-checksum-sha256,CHECKSUM",
    "x-amz-meta-waybill-sha256,SHA256",
  })
  void f39TheSameObjectIsThereAlready(String header, String value) {
    RawServer server =
        rig.serve(
            RawServer.inTurn(
                EXISTS, head(200, header + ": " + (value.equals("SHA256") ? SHA256 : CHECKSUM))));

    assertThat(rig.send(anAttempt().at(server.url())))
        .isInstanceOfSatisfying(
            Outcome.Delivered.class,
            delivered -> {
              assertThat(delivered.answer()).isEqualTo("412");
              assertThat(delivered.externalReference().orElseThrow())
                  .startsWith("s3://archive/audit-logs/");
            });
    assertThat(server.requests().get(1).requestLine()).startsWith("HEAD /archive/audit-logs/");
    assertThat(server.requests().get(1).values("x-amz-checksum-mode")).containsExactly("ENABLED");
  }

  @ParameterizedTest
  @CsvSource({
    "x-amz-checksum-sha256: OTHER",
    "x-amz-meta-waybill-sha256: 00",
    // What the store worked out counts more than what somebody wrote beside the object.
    "x-amz-checksum-sha256: OTHER | x-amz-meta-waybill-sha256: SHA256",
    "x-other: 1",
  })
  void f39AnotherObjectIsNeverOverwritten(String headers) {
    String[] lines = headers.replace("OTHER", OTHER).replace("SHA256", SHA256).split(" \\| ");

    isPermanent(after(EXISTS, head(200, lines)), Reason.STORAGE_CONFLICT, "never overwritten");
  }

  @Test
  void whatCannotBeComparedIsSaid() {
    isPermanent(after(EXISTS, head(403)), Reason.STORAGE_PERMANENT, "s3:GetObject");
    isTransient(after(EXISTS, head(404)), Reason.STORAGE_TRANSIENT, "has none now");
    isTransient(after(EXISTS, head(503)), Reason.STORAGE_TRANSIENT, "503");
  }

  @Test
  void headersThatAreNotWhatTheyShouldBeChangeNothing() {
    String[] odd = {
      "Date: yesterday",
      "x-amz-retry-after: -1",
      "Last-Modified: never",
      "x-amz-bucket: \t",
      "x-amz-missing-meta: many",
      "x-amz-request-charged: \u00e4",
      "x-amz-expiration: soon",
    };
    String[] same = java.util.Arrays.copyOf(odd, odd.length + 1);
    same[odd.length] = "x-amz-checksum-sha256: " + CHECKSUM;

    assertThat(after(kept(odd))).isInstanceOf(Outcome.Delivered.class);
    assertThat(after(EXISTS, head(200, same))).isInstanceOf(Outcome.Delivered.class);
    isTransient(after(answer(503, "", odd)), Reason.STORAGE_TRANSIENT, "503");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<Error", "<Error><Code>SlowDown</Code>", "\u0000\u0001", "{}"})
  void aBodyThatIsNoErrorDocumentLeavesTheStatus(String body) {
    isTransient(after(answer(503, body)), Reason.STORAGE_TRANSIENT, "503");
    isPermanent(after(answer(403, body)), Reason.STORAGE_PERMANENT, "403");
  }
}
