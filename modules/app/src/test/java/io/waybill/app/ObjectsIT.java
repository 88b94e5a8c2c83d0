package io.waybill.app;

import static io.waybill.app.Tenant.part;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationResult;
import io.waybill.domain.FieldError;
import io.waybill.domain.OverallState;
import io.waybill.domain.Reason;
import io.waybill.domain.TaskId;
import io.waybill.locals3.LocalS3;
import io.waybill.testkit.Answer;
import io.waybill.testkit.HttpSink;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** One object for each delivery, whatever it takes, and with keys that may be used for it only. */
class ObjectsIT {
  private static final String DATA = "{\"n\": 9007199254740993}";
  private static final String NO_KEYS = "";

  private final LocalS3 store = SharedStore.store();
  private final Tenant hospital = Tenant.newOne();

  @Test
  void twoDeliveriesOfADayAreTwoObjects() {
    DestinationId archive = hospital.storage();

    DeliveryId first = hospital.deliver(DATA, "{}", archive);
    DeliveryId second = hospital.deliver(DATA, "{}", archive);

    hospital.await(first, OverallState.COMPLETED);
    hospital.await(second, OverallState.COMPLETED);
    List<LocalS3.StoredObject> objects = objects(SharedStore.BUCKET, "audit-logs/");
    assertThat(objects)
        .extracting(LocalS3.StoredObject::key)
        .hasSize(2)
        .anyMatch(key -> key.contains(first.toString()))
        .anyMatch(key -> key.contains(second.toString()));
    assertThat(objects)
        .allSatisfy(object -> {
          assertThat(store.content(SharedStore.BUCKET, object.key()))
              .isEqualTo(DATA.getBytes(UTF_8));
          assertThat(object.storageClass()).isEqualTo("STANDARD_IA");
        });
  }

  @Test
  void encryptionAndStorageClassAreSeenOnTheWire() {
    try (HttpSink wire = HttpSink.start()) {
      DestinationId archive =
          hospital.create(
              hospital.storageJson(
                  wire.uri(""),
                  "bucket",
                  "/x/",
                  10_000,
                  "\"accessKeyId\": \"some-key\", \"secretAccessKey\": \"some-secret\","));
      DeliveryId id = DeliveryId.random();
      String path =
          "/bucket/x/%s.%s.json".formatted(id, TaskId.of(hospital.organization(), id, archive));
      // The first answer is a success without an ETag, which proves nothing.
      wire.script(
          path,
          Answer.status(200),
          Answer.status(200).header("ETag", "\"0123456789abcdef0123456789abcdef\""));

      hospital.deliver(id, DATA, "{}", archive);

      DeliveryStatus status = hospital.await(id, OverallState.COMPLETED);
      assertThat(part(status, archive).attempts()).isEqualTo(2);
      assertThat(wire.requests(path))
          .hasSize(2)
          .allSatisfy(request -> {
            assertThat(request.method()).isEqualTo("PUT");
            assertThat(request.header("x-amz-server-side-encryption")).contains("AES256");
            assertThat(request.header("x-amz-storage-class")).contains("STANDARD_IA");
            assertThat(request.header("If-None-Match")).contains("*");
            assertThat(request.bodyText()).isEqualTo(DATA);
          });
    }
  }

  @Test
  void aRetryWhoseFirstAnswerWasLostLeavesOneObject() {
    try (LosingRelay relay = LosingRelay.to(store.endpoint(), 2)) {
      DestinationId archive =
          hospital.storage(
              URI.create("http://127.0.0.1:" + relay.port()), SharedStore.BUCKET, 10_000);

      DeliveryId id = hospital.deliver(DATA, "{}", archive);

      DeliveryStatus status = hospital.await(id, OverallState.COMPLETED);
      assertThat(relay.lost()).isEqualTo(2);
      assertThat(part(status, archive).attempts()).isEqualTo(3);
      List<LocalS3.StoredObject> objects = objects(SharedStore.BUCKET, "audit-logs/");
      assertThat(objects).hasSize(1);
      assertThat(part(status, archive).externalReference())
          .contains("s3://" + SharedStore.BUCKET + "/" + objects.getFirst().key());
      assertThat(store.content(SharedStore.BUCKET, objects.getFirst().key()))
          .isEqualTo(DATA.getBytes(UTF_8));
    }
  }

  @Test
  void aDestinationWithoutKeysIsRefusedWithTheOperatorsSwitch() {
    DestinationResult result =
        hospital.apply(
            new DestinationId(UUID.randomUUID().toString()),
            hospital.storageJson(
                store.endpoint(), SharedStore.PLATFORM_BUCKET, "/backup/{year}/", 10_000, NO_KEYS));

    assertThat(result)
        .isInstanceOfSatisfying(
            DestinationResult.Refused.class,
            refused -> {
              assertThat(refused.errors())
                  .extracting(FieldError::field, FieldError::code)
                  .containsExactly(
                      tuple("config.storage.config.accessKeyId", "credentials-missing"));
              assertThat(refused.errors().getFirst().message())
                  .contains("storage.platformCredentials");
            });
  }

  @Test
  void theOperatorsKeysWriteWhereTheyAreGrantedOnly() {
    Tenant granted = new Tenant(Installation.shared(), SharedStore.GRANTED);
    String elsewhere = "/elsewhere/{organizationId}/";
    String inside = "/backup/{organizationId}/{year}/";

    assertThat(
            granted.apply(
                new DestinationId(UUID.randomUUID().toString()),
                granted.storageJson(
                    store.endpoint(), SharedStore.PLATFORM_BUCKET, elsewhere, 10_000, NO_KEYS)))
        .isInstanceOf(DestinationResult.Refused.class);
    assertThat(
            granted.apply(
                new DestinationId(UUID.randomUUID().toString()),
                granted.storageJson(store.endpoint(), SharedStore.BUCKET, inside, 10_000, NO_KEYS)))
        .isInstanceOf(DestinationResult.Refused.class);
    DestinationId backup =
        granted.create(
            granted.storageJson(
                store.endpoint(), SharedStore.PLATFORM_BUCKET, inside, 10_000, NO_KEYS));
    DeliveryId id = granted.deliver(DATA, "{}", backup);

    granted.await(id, OverallState.COMPLETED);
    assertThat(objects(SharedStore.PLATFORM_BUCKET, "backup/"))
        .singleElement()
        .satisfies(object -> {
          assertThat(object.key()).startsWith("backup/" + SharedStore.GRANTED + "/");
          assertThat(store.content(SharedStore.PLATFORM_BUCKET, object.key()))
              .isEqualTo(DATA.getBytes(UTF_8));
        });
  }

  @Test
  void aWrongKeyIsADeadLetterThatWroteNothing() {
    DestinationId archive =
        hospital.create(
            hospital.storageJson(
                store.endpoint(),
                SharedStore.BUCKET,
                "/audit-logs/{organizationId}/",
                10_000,
                "\"accessKeyId\": \"%s\", \"secretAccessKey\": \"not-the-secret\","
                    .formatted(SharedStore.KEY_ID)));

    DeliveryId id = hospital.deliver(DATA, "{}", archive);

    hospital.await(id, OverallState.FAILED);
    assertThat(hospital.deadLetter(id).reason()).isEqualTo(Reason.STORAGE_PERMANENT);
    assertThat(objects(SharedStore.BUCKET, "audit-logs/")).isEmpty();
  }

  private List<LocalS3.StoredObject> objects(String bucket, String folder) {
    String organization =
        bucket.equals(SharedStore.PLATFORM_BUCKET)
            ? SharedStore.GRANTED.value()
            : hospital.organization().value();
    return store.objects(bucket).stream()
        .filter(it -> it.key().startsWith(folder + organization + "/"))
        .toList();
  }
}
