package io.waybill.wire;

import io.waybill.domain.DeliveryEvent.RequestSummary;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.FieldError;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.TaskPayload;
import java.io.IOException;
import java.util.List;

/** Fixed forms of what several records share. */
final class SharedForms {
  private SharedForms() {}

  static DeliveryId deliveryId(AvroInput in) {
    return TaskMapping.deliveryId(in.text());
  }

  static DestinationType destinationType(AvroInput in) {
    return TaskMapping.destinationType(in.text());
  }

  static void texts(List<String> texts, Scratch out) throws IOException {
    out.list(texts, (text, to) -> to.text(text));
  }

  static List<String> texts(AvroInput in) {
    return in.list(AvroInput::text);
  }

  static void reference(TaskPayload.Reference reference, Scratch out) {
    RecordOrigin origin = reference.origin();
    out.text(origin.topic());
    out.number(origin.partition());
    out.number(origin.offset());
    out.text(reference.sha256());
    out.number(reference.size());
  }

  static TaskPayload.Reference reference(AvroInput in) {
    RecordOrigin origin = new RecordOrigin(in.text(), in.count(), in.number());
    return new TaskPayload.Reference(origin, in.text(), in.number());
  }

  static void summary(RequestSummary summary, Scratch out) throws IOException {
    out.text(summary.type());
    out.optionalText(summary.correlationId());
    texts(summary.tags(), out);
    out.number(summary.priority());
    out.time(summary.createdAt());
  }

  static RequestSummary summary(AvroInput in) {
    return new RequestSummary(
        in.text(), in.optional(AvroInput::text), texts(in), in.count(), in.time());
  }

  static void error(FieldError error, Scratch out) {
    out.text(error.field());
    out.text(error.code());
    out.text(error.message());
  }

  static FieldError error(AvroInput in) {
    return new FieldError(in.text(), in.text(), in.text());
  }
}
