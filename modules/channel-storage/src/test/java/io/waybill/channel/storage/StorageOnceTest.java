package io.waybill.channel.storage;

import static io.waybill.channel.storage.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.waybill.channel.Attempt;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.domain.StorageConfig.Retention.Mode;
import io.waybill.locals3.LocalS3;
import io.waybill.locals3.LocalS3.StoredObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * Against a store that we did not write: each delivery is one object, however often it is tried.
 */
class StorageOnceTest {
  private static final List<String> BUCKETS =
      List.of(
          "bucket-1",
          "bucket-2",
          "bucket-3",
          "bucket-4",
          "bucket-5",
          "bucket-6",
          "bucket-7",
          "bucket-8",
          "bucket-9");
  @TempDir static Path folder;
  private static LocalS3 store;
  private static int used;

  private final Rig rig = new Rig();
  private String bucket = "";

  @BeforeAll
  static void startStore() {
    store =
        LocalS3.start(
            Attempts.KEY_ID, Attempts.SECRET_KEY, BUCKETS, folder.resolve("local-s3.log"));
  }

  @AfterAll
  static void stopStore() {
    store.close();
  }

  @BeforeEach
  void takeABucket(TestInfo info) {
    bucket = BUCKETS.get(used++);
  }

  @AfterEach
  void closeRig() {
    rig.close();
  }

  private Attempts inBucket() {
    return anAttempt().at(store.endpoint()).bucket(bucket);
  }

  private static void delivered(Outcome outcome, String answer) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Delivered.class, delivered -> assertThat(delivered.answer()).isEqualTo(answer));
  }

  @Test
  void theObjectIsTheDataByteForByte() {
    String data = "{ \"big\": 9007199254740993, \"x\": 1.10,\n \"\u00e4\": \"\ud83d\ude00\" }";
    Attempts attempt = inBucket().data(data).metadata(Map.of("team", "audit"));

    delivered(rig.send(attempt), "200");

    StoredObject object = store.objects(bucket).getFirst();
    assertThat(object.key()).isEqualTo(attempt.key());
    assertThat(object.contentType()).isEqualTo("application/json");
    assertThat(object.storageClass()).isEqualTo("STANDARD_IA");
    assertThat(object.encryption()).isEqualTo("AES256");
    assertThat(object.metadata())
        .containsEntry("team", "audit")
        .containsEntry("waybill-delivery-id", Attempts.DELIVERY)
        .containsEntry("waybill-organization-id", "hospital-001")
        .containsEntry("waybill-sha256", attempt.build().data().sha256());
    assertThat(store.content(bucket, attempt.key()))
        .isEqualTo(data.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void twoDeliveriesOfOneDayAreTwoObjects() {
    delivered(rig.send(inBucket().data("{\"n\":1}")), "200");
    delivered(rig.send(inBucket().delivery(UUID.randomUUID().toString()).data("{\"n\":2}")), "200");

    assertThat(store.objects(bucket))
        .hasSize(2)
        .allSatisfy(
            object -> assertThat(object.key()).startsWith("audit-logs/hospital-001/2026/03/01/"));
  }

  @Test
  void aRepeatedAttemptFindsItsObject() {
    Attempts attempt = inBucket();

    delivered(rig.send(attempt), "200");
    delivered(rig.send(attempt.number(2)), "412");
    delivered(rig.send(attempt.number(1).generation(1)), "412");

    assertThat(store.objects(bucket)).hasSize(1);
  }

  @Test
  void anotherContentIsNeverOverwritten() {
    delivered(rig.send(inBucket().data("{\"n\":1}")), "200");

    Outcome outcome = rig.send(inBucket().data("{\"n\":2}"));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.STORAGE_CONFLICT));
    assertThat(store.content(bucket, inBucket().key())).asString().isEqualTo("{\"n\":1}");
  }

  @Test
  void twoDestinationsInOneFolderHaveAnObjectEach() {
    delivered(rig.send(inBucket().destination("one")), "200");
    delivered(rig.send(inBucket().destination("other")), "200");

    assertThat(store.objects(bucket)).hasSize(2);
  }

  @Test
  void tenMebibytesArriveAsTheyWereSent() {
    byte[] data = new byte[10 * 1024 * 1024];
    Arrays.fill(data, (byte) 'x');
    data[0] = '"';
    data[data.length - 1] = '"';
    Attempts attempt = inBucket().data(data);

    delivered(rig.send(attempt), "200");
    delivered(rig.send(attempt), "412");

    assertThat(store.content(bucket, attempt.key())).isEqualTo(data);
  }

  @Test
  void aCleanUpRemovesWhatIsPastItsDayAndNothingElse() {
    Attempts old = inBucket().kept(10, true, Mode.AUTO);
    delivered(rig.send(old), "200");
    delivered(rig.send(inBucket().destination("other").kept(10, true, Mode.AUTO)), "200");
    rig.later(Duration.ofDays(11));
    List<String> told = new ArrayList<>();
    CleanUpWatcher watcher =
        new CleanUpWatcher() {
          @Override
          public void due(String key, Instant removableAfter) {
            told.add(key);
          }

          @Override
          public void unfinished(String key, Instant begunAt) {
            throw new AssertionError(key);
          }

          @Override
          public void failed(String key, String why) {
            throw new AssertionError(why);
          }
        };
    Attempt attempt = old.build();

    CleanUpReport looked =
        rig.channel().cleanUp(attempt.destination(), attempt.secrets(), false, watcher);
    assertThat(looked).isEqualTo(new CleanUpReport(1, 0, 0, 1, 0, 0));
    assertThat(store.objects(bucket)).hasSize(2);
    CleanUpReport removed =
        rig.channel().cleanUp(attempt.destination(), attempt.secrets(), true, watcher);

    assertThat(removed).isEqualTo(new CleanUpReport(1, 0, 0, 1, 0, 0));
    assertThat(told).containsExactly(old.key(), old.key());
    assertThat(store.objects(bucket))
        .singleElement()
        .satisfies(
            object -> assertThat(object.key()).isEqualTo(inBucket().destination("other").key()));
  }

  /** Small and in parts, read by a client that is none of ours; needs the AWS command line. */
  @Test
  @Tag("long")
  void theAwsCommandLineReadsWhatWasWritten() throws Exception {
    assumeTrue(aws("--version").waitFor() == 0, "needs the aws command line");
    byte[] large = MultipartTest.random(10 * 1024 * 1024);
    String second = "00000000-0000-4000-8000-000000000002";
    // As a sender leaves it that is killed in the middle.
    assertThat(
            output(
                aws(
                    "s3api",
                    "create-multipart-upload",
                    "--bucket",
                    bucket,
                    "--key",
                    inBucket().delivery(second).key())))
        .contains("UploadId");
    delivered(rig.send(inBucket().data("{\"big\": 9007199254740993}")), "200");
    delivered(rig.send(inBucket().delivery(second).data(large)), "200");

    assertThat(read(inBucket().key())).asString().isEqualTo("{\"big\": 9007199254740993}");
    assertThat(read(inBucket().delivery(second).key())).isEqualTo(large);
    assertThat(output(aws("s3api", "head-object", "--bucket", bucket, "--key", inBucket().key())))
        .contains("waybill-delivery-id", Attempts.DELIVERY, "application/json");
    assertThat(output(aws("s3api", "list-multipart-uploads", "--bucket", bucket)))
        .as("nothing is left of it")
        .doesNotContain("UploadId");
  }

  private byte[] read(String key) throws Exception {
    Path file = Files.createTempFile(folder, "read", ".json");
    output(aws("s3api", "get-object", "--bucket", bucket, "--key", key, file.toString()));
    return Files.readAllBytes(file);
  }

  private static String output(Process process) throws Exception {
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private static Process aws(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("aws"));
    command.addAll(List.of("--endpoint-url", store.endpoint().toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
    builder.environment().put("AWS_ACCESS_KEY_ID", Attempts.KEY_ID);
    builder.environment().put("AWS_SECRET_ACCESS_KEY", Attempts.SECRET_KEY);
    builder.environment().put("AWS_DEFAULT_REGION", "us-east-1");
    builder.environment().put("AWS_EC2_METADATA_DISABLED", "true");
    // Version 2 pages what it prints, version 1 has no option against it.
    builder.environment().put("AWS_PAGER", "");
    builder.environment().put("HTTP_PROXY", "");
    builder.environment().put("HTTPS_PROXY", "");
    try {
      return builder.start();
    } catch (IOException e) {
      return new ProcessBuilder("false").start();
    }
  }

  @Test
  void refusalsAreSeenForWhatTheyAre() {
    assertThat(rig.send(inBucket().bucket("no-such-bucket")))
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.STORAGE_PERMANENT);
              assertThat(failed.message()).contains("NoSuchBucket");
            });
    assertThat(rig.send(inBucket().keys(Attempts.KEY_ID, "another-secret")))
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> assertThat(failed.message()).contains("SignatureDoesNotMatch"));
    assertThat(rig.send(inBucket().keys("another-key", Attempts.SECRET_KEY)))
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.STORAGE_PERMANENT));
    assertThat(store.objects(bucket)).isEmpty();
  }
}
