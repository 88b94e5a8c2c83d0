package io.waybill.client;

/** There is no such delivery or destination, as far as the topics tell. */
public final class NotFoundException extends WaybillException {
  private static final long serialVersionUID = 1L;

  NotFoundException(String message) {
    super(message);
  }
}
