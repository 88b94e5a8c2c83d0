package io.waybill.channel.storage;

import static io.waybill.channel.storage.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.locals3.LocalS3;
import io.waybill.locals3.LocalS3.StoredObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * Against a store that we did not write: each delivery is one object, however often it is tried.
 */
class StorageOnceTest {
  private static final List<String> BUCKETS =
      List.of("bucket-1", "bucket-2", "bucket-3", "bucket-4", "bucket-5", "bucket-6", "bucket-7");
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
