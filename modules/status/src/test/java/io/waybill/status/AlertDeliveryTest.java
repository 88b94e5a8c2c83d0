package io.waybill.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Alert;
import io.waybill.domain.AlertKind;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.OrganizationId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AlertDeliveryTest {
  private static final AlertCarrier OPS =
      new AlertCarrier(
          new OrganizationId("operator"), new DestinationId("pager"), Optional.empty());

  private static Alert alert() {
    return new Alert(
        UUID.fromString("11111111-2222-3333-4444-555555555555"),
        Sample.ACME,
        new DestinationId("a"),
        Optional.of("SIEM"),
        AlertKind.FAILURE_RATE,
        Alert.Severity.HIGH,
        "destination a (SIEM): 2 of 10 attempts failed",
        OptionalDouble.of(0.2),
        OptionalDouble.of(0.1),
        Sample.START);
  }

  @Test
  void isARequestOfTheCarriersOrganization() {
    DeliveryRequest request = AlertDelivery.request(alert(), OPS);

    assertThat(request.organizationId()).isEqualTo(OPS.organization());
    assertThat(request.destinations())
        .isEqualTo(new DestinationSelection.Named(List.of(OPS.destination())));
    assertThat(request.payload().type()).isEqualTo("waybill.alert");
    assertThat(request.payload().data().text())
        .isEqualTo(
            "{\"alertId\":\"11111111-2222-3333-4444-555555555555\",\"organizationId\":\"acme\","
                + "\"destinationId\":\"a\",\"label\":\"SIEM\",\"kind\":\"failure-rate\","
                + "\"severity\":\"high\","
                + "\"message\":\"destination a (SIEM): 2 of 10 attempts failed\","
                + "\"value\":0.2,\"threshold\":0.1,\"raisedAt\":\"2026-03-01T12:00:00Z\"}");
  }

  @Test
  void theSameAlertToTheSameCarrierIsTheSameDelivery() {
    DeliveryId first = AlertDelivery.idOf(alert(), OPS);

    assertThat(AlertDelivery.idOf(alert(), OPS)).isEqualTo(first);
    assertThat(AlertDelivery.idOf(alert(), AlertCarrier.ofOwn(Sample.ACME, new DestinationId("b"))))
        .isNotEqualTo(first);
    assertThat(DeliveryId.parse(first.toString())).contains(first);
    assertThat(first.value().variant()).isEqualTo(2);
  }

  @Test
  void itsIdSaysWhatItIs() {
    assertThat(AlertDelivery.isOne(AlertDelivery.idOf(alert(), OPS))).isTrue();
    for (int i = 0; i < 1_000; i++) {
      assertThat(AlertDelivery.isOne(DeliveryId.random())).isFalse();
      assertThat(AlertDelivery.isOne(DeliveryId.ofRecord("topic", 0, i))).isFalse();
    }
  }

  @Test
  void aCarrierGetsTheAlertsOfThoseItIsAbout() {
    assertThat(OPS.covers(Sample.ACME)).isTrue();
    AlertCarrier own = AlertCarrier.ofOwn(Sample.ACME, new DestinationId("b"));
    assertThat(own.covers(Sample.ACME)).isTrue();
    assertThat(own.covers(Sample.EVIL)).isFalse();
  }
}
