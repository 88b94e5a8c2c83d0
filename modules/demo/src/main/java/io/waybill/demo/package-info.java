/**
 * The demo: the tutorial's examples against receivers of webhooks, mails and objects on this
 * machine, through the same commands that a user types. Not part of what runs in production.
 */
@NullMarked
package io.waybill.demo;

import org.jspecify.annotations.NullMarked;
