package io.waybill.checker;

/**
 * One broken promise.
 *
 * @param subject the delivery, or the delivery and its destination, or the webhook id
 * @param words what was found and what should have been
 */
public record Finding(Rule rule, String subject, String words) {}
