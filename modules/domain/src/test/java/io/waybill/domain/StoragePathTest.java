package io.waybill.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoragePathTest {
  private static final String DELIVERY = "8d2f4f9e-6b1c-4c58-9b7e-0a1b2c3d4e5f";

  private static Task task(String organization, String type, String createdAt) {
    return task(organization, "archive-1", type, createdAt, 0, 0);
  }

  private static Task task(
      String organization,
      String destination,
      String type,
      String createdAt,
      int generation,
      int attempts) {
    OrganizationId organizationId = new OrganizationId(organization);
    DeliveryId delivery = DeliveryId.parse(DELIVERY).orElseThrow();
    DestinationId destinationId = new DestinationId(destination);
    Instant created = Instant.parse(createdAt);
    return new Task(
        TaskId.of(organizationId, delivery, destinationId),
        organizationId,
        delivery,
        destinationId,
        DestinationType.STORAGE,
        1,
        generation,
        attempts,
        type,
        new TaskPayload.Inline(RawJson.EMPTY_OBJECT),
        RawJson.EMPTY_OBJECT,
        Optional.empty(),
        List.of(),
        5,
        created,
        created.plusSeconds(1_000_000),
        Optional.empty(),
        0);
  }

  private static String render(String template, Task task) {
    return StoragePath.parse(template).render(task);
  }

  @DisplayName("row 48: puts values for tokens")
  @ParameterizedTest
  @CsvSource({
    "/audit-logs/{organizationId}/{year}/{month}/{day}/,audit-logs/hospital-001/2026/03/09/",
    "compliance/reports/{{organizationId}}/{{year}}/{{month}}/,"
        + "compliance/reports/hospital-001/2026/03/",
    "/backup/{year}/{month}/,backup/2026/03/",
    "year={year}/hour={hour}/minute={minute}/,year=2026/hour=07/minute=05/",
    "{type}/{destinationId}/,phi-access/archive-1/",
    "{deliveryId}/{deliveryId}/," + DELIVERY + "/" + DELIVERY + "/",
    "/,''",
  })
  void putsValuesForTokens(String template, String folder) {
    assertThat(StoragePath.check(template)).isEmpty();
    assertThat(render(template, task("hospital-001", "phi-access", "2026-03-09T07:05:00Z")))
        .isEqualTo(folder);
  }

  @DisplayName("row 21: counts the day in UTC and from the delivery")
  @Test
  void countsTheDayInUtcAndFromTheDelivery() {
    // 23:30 of 31 December in a place five hours behind UTC.
    Task task = task("o", "t", "2027-01-01T04:30:00Z");

    assertThat(render("{year}/{month}/{day}/{hour}/", task)).isEqualTo("2027/01/01/04/");
  }

  @ParameterizedTest(name = "row 48: path \"{0}\"")
  @ValueSource(
      strings = {
        "",
        " ",
        "../../{year}/",
        "a/../b/",
        "a/./b/",
        "./",
        "a../",
        "{unknown}/",
        "{timestamp}/",
        "{organizationId",
        "{organizationId/",
        "organizationId}/",
        "{}/",
        "{{}}/",
        "{{year}/",
        "{year}}/",
        "{{{year}}}/",
        "{ year }/",
        "{Year}/",
        "a`b/",
        "a\u0000b/",
        "a\nb/",
        "a\\b/",
        "a//b/",
        "//",
        "//a/",
        "a",
        "a/{year}",
        "ä/",
        "a b/",
        "a?b/",
        "a%2Fb/",
      })
  void refusesOtherPaths(String template) {
    assertThat(StoragePath.check(template))
        .isNotEmpty()
        .allSatisfy(error -> {
          assertThat(error.field()).isEqualTo("config.storage.path");
          assertThat(error.message()).matches("[ -~]+");
        });
    assertThatThrownBy(() -> StoragePath.parse(template))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @DisplayName("row 48: refuses paths that are too long")
  @Test
  void refusesPathsThatAreTooLong() {
    assertThat(StoragePath.check("x".repeat(511) + "/")).isEmpty();
    assertThat(StoragePath.check("x".repeat(1999) + "/"))
        .as("row 48: 2,000 characters")
        .singleElement()
        .returns("too-long", FieldError::code);
    // Seven long values and the object's name still fit into a key, eight do not.
    assertThat(StoragePath.check("{type}/".repeat(7))).isEmpty();
    assertThat(StoragePath.check("{type}/".repeat(8)))
        .singleElement()
        .returns("too-long", FieldError::code);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "../../x,!2E!2E!2F!2E!2E!2Fx",
        "..,!2E!2E",
        "a.b,a.b",
        "a..b,a!2E!2Eb",
        ".hidden,!2Ehidden",
        "a.,a!2E",
        "a/b,a!2Fb",
        "a!2Fb,a!212Fb",
        "`a b`,a!20b",
        "ä,!C3!A4",
        "`a\r\nb`,a!0D!0Ab",
        "{year},!7Byear!7D",
        "``,!",
      })
  void aValueCannotLeaveItsFolder(String type, String escaped) {
    assertThat(render("x/{type}/y/", task("o", type, "2026-03-09T07:05:00Z")))
        .isEqualTo("x/" + escaped + "/y/");
  }

  @Test
  void theLongestValuesStillFitIntoAKey() {
    String template = "{type}/".repeat(7);

    StoragePath path = StoragePath.parse(template);

    String one = path.key(task("o", "\u20ac".repeat(128), "2026-03-09T07:05:00Z"));
    String other = path.key(task("o", "\u20ac".repeat(127) + "x", "2026-03-09T07:05:00Z"));
    assertThat(one).hasSizeLessThanOrEqualTo(1024).isNotEqualTo(other).matches("[!-~]+");
  }

  @Test
  void oneTaskHasOneKeyWhateverItsAttemptAndGeneration() {
    StoragePath path = StoragePath.parse("/a/{day}/");

    String first = path.key(task("o", "d-1", "t", "2026-03-09T07:05:00Z", 0, 0));

    assertThat(path.key(task("o", "d-1", "t", "2026-03-09T07:05:00Z", 3, 7))).isEqualTo(first);
    assertThat(first).startsWith("a/09/" + DELIVERY + ".").endsWith(".json");
  }

  @Test
  void destinationsAndOrganizationsDoNotShareAKey() {
    StoragePath path = StoragePath.parse("/a/");

    String key = path.key(task("o", "d-1", "t", "2026-03-09T07:05:00Z", 0, 0));

    assertThat(path.key(task("o", "d-2", "t", "2026-03-09T07:05:00Z", 0, 0))).isNotEqualTo(key);
    assertThat(path.key(task("p", "d-1", "t", "2026-03-09T07:05:00Z", 0, 0))).isNotEqualTo(key);
  }

  @ParameterizedTest
  @CsvSource({
    "/logs/{organizationId}/{year}/,logs/hospital-001/",
    "logs/{{organizationId}}/x/,logs/hospital-001/x/",
    "logs/{type}/{organizationId}/,logs/",
    "{year}/,''",
  })
  void knowsHowAnOrganizationsKeysBegin(String template, String start) {
    assertThat(StoragePath.parse(template).startFor(new OrganizationId("hospital-001")))
        .isEqualTo(start);
  }
}
