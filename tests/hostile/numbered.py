"""A hundred and fifty hostile inputs and faults by their numbers, and the test that holds each.

A value names tests as “file::test”, or cases of cases.py by how their `about` begins, as “table::text: ”.  Where the
desk has no door at all it says so after a dash.  What of an item no test holds stands in NOT_HELD.
test_numbered.py looks that everything named is there.
"""

REQUESTS, TEXT, HEADERS = "test_hostile_requests.py::", "test_hostile_text.py::", "test_headers.py::"
LINES, TABLE = "hostile/test_lines.py::", "table::"
SEARCH, LIBRARY, MARKUP = "test_search_index.py::", "test_library.py::", "test_markup.py::"
MAIL, DOOR, SIGN_INS, CODES = (
    "test_mail_goes_out.py::",
    "test_signing_in.py::",
    "test_sign_ins.py::",
    "test_one_time_codes.py::",
)
FORM, OWN_PAGE, ACCESS, SURROUNDINGS = (
    "test_send_a_request.py::",
    "test_own_page.py::",
    "test_access.py::",
    "faults/test_surroundings.py::",
)
JOURNEY, KEYS, PREPARE, SETTINGS = (
    "browser/test_journey.py::",
    "test_keys.py::",
    "test_prepare.py::",
    "test_settings.py::",
)
ODD = "faults/test_odd_places.py::"
SMUGGLED = f"{LINES}what_is_not_plain_is_refused_and_nothing_is_smuggled_behind_it"
ODD_HOST = f"{LINES}a_host_name_somebody_made_up_stands_in_no_answer"
ODD_SEARCH = f"{SEARCH}a_hostile_question_is_answered_at_once"

HELD_BY: dict[int, tuple[str, ...]] = {
    # Text in the form.
    1: (f"{TABLE}text: NUL", f"{TEXT}what_no_keyboard_types_is_refused"),
    2: (f"{REQUESTS}escapes_that_are_no_text_stay_as_they_were_typed", f"{TABLE}body: bytes that are no UTF-8"),
    3: (f"{REQUESTS}bytes_that_are_no_text_get_a_page_that_says_so_and_not_that_fields_are_empty",),
    4: (f"{TABLE}body: JSON", f'{TABLE}body: b\'{{"message": "\\\\ud800'),
    5: (f"{TABLE}text: taken as it is: both directions",),
    6: (f"{TABLE}text: only", f"{TEXT}what_is_empty_to_the_eye_is_missing"),
    7: (f"{TABLE}text: taken as it is: five thousand marks",),
    8: (f"{TABLE}text: taken as it is: what grows when normalised",),
    9: (f"{TABLE}text: taken as it is: emoji of several people",),
    10: (f"{TABLE}text: 20,001 letters", f"{TEXT}the_longest_text_is_taken_and_one_letter_more_is_not"),
    11: ("test_error_pages.py::too_long_a_form_says_it_was_not_sent",),
    12: (f"{TABLE}body: ten megabytes", f"{REQUESTS}ten_megabytes_get_a_page_that_says_it_was_not_sent"),
    13: (f"{REQUESTS}a_body_without_a_length_is_refused_as_its_end_could_be_lost",),
    14: (f"{REQUESTS}fifty_thousand_fields_beside_the_five_are_passed_over",),
    15: (f"{TABLE}body: 1,100 parts",),
    16: (f"{REQUESTS}a_form_in_many_parts_is_taken_and_a_file_in_it_passed_over",),
    17: (f"{TABLE}body: a field twice",),
    18: (f"{REQUESTS}fields_nobody_asked_for_change_nothing",),
    19: (f"{REQUESTS}fields_nobody_asked_for_change_nothing",),
    # Headers and mail.
    20: (f"{TABLE}mail: '\\r\\n'",),
    21: (f"{TABLE}mail: '\\n '",),
    22: (f"{TABLE}mail: '\\x0b'", f"{TABLE}mail: '\\x1e'"),
    23: (f"{TABLE}mail: '\\x85'", f"{TABLE}mail: '\\u2028'"),
    24: (f"{TABLE}text: taken as it is: CR and LF spelled out",),
    25: (f"{TABLE}mail: the address 'a@b.co,evil",),
    26: (f'{TABLE}mail: the address \'"a b"', f"{TABLE}mail: the address 'a@[127", f"{TABLE}mail: the address '<a@"),
    27: (f"{TABLE}mail: the address 'aaaa", f"{TEXT}an_address_that_is_too_long_is_refused"),
    28: ("test_letters.py::an_address_with_an_umlaut_in_its_domain_is_spelled_as_servers_do",),
    29: (f"{TABLE}mail: the address 'josé", f"{TABLE}mail: the address 'ａ", f"{TABLE}mail: the address 'аda"),
    30: (f"{TABLE}text: taken as it is: an encoded word",),
    31: (f"{TABLE}text: taken as it is: SMTP", "test_letters.py::no_mail_holds_a_word_that_anybody_wrote"),
    32: ("test_letters.py::no_mail_holds_a_word_that_anybody_wrote",),  # A subject is ours and constant.
    33: ("test_letters.py::where_the_setting_says_so_what_an_agent_writes_arrives_as_it_was_written",),
    34: ("test_mail_held_back.py::a_mailbox_gets_only_so_many_and_each_request_is_kept",),
    35: ("test_letters.py::every_mail_says_that_a_machine_sent_it_and_what_belongs_together",),
    36: (
        f"{MAIL}mail_is_held_where_the_certificate_is",
        f"{MAIL}mail_is_held_where_the_server_offers_no_encryption",
    ),
    # Attacks on the web.
    37: (f"{TABLE}text: taken as it is: HTML", f"{OWN_PAGE}what_people_write_is_text_never_markup"),
    38: (f"{MARKUP}an_attack_becomes_text", f"{MARKUP}whatever_is_typed_the_page_is_safe"),
    39: (f"{MARKUP}a_picture_comes_from_us_or_not_at_all",),
    40: (f"{TABLE}text: taken as it is: Jinja", f"{TABLE}text: taken as it is: other templates"),
    41: (f"{TABLE}text: taken as it is: formats", "test_logs.py::a_template_that_does_not_fit_is_written_as_it_is"),
    42: (f"{TABLE}text: taken as it is: SQL", f"{TABLE}search: SQL", f"{TABLE}queue: page=\"' OR"),
    43: (f"{TABLE}queue: sort='(select",),
    44: (f"{TABLE}queue: page='-1'", f"{TABLE}queue: page='9999", f"{TABLE}queue: page='٣'"),
    45: (f"{TABLE}web: the article", f"{REQUESTS}no_address_breaks_a_page_of_the_help_centre"),
    46: (f"{LIBRARY}nothing_outside_the_content_folder_is_read",),
    47: (ODD_HOST, f"{LINES}two_hosts_and_an_address_that_names_another"),
    48: (f"{TABLE}web: X-Forwarded-Host", f"{HEADERS}what_only_a_proxy_may_say_is_not_believed_of_anyone_else"),
    49: (f"{DOOR}after_signing_in_nobody_is_led_out_of_the_desk",),
    50: (f"{DOOR}a_line_break_in_where_to_go_makes_no_header", f"{TABLE}web: a header in the address"),
    51: (f"{ACCESS}no_form_is_taken_from_another_site", f"{TABLE}body: across sites"),
    52: (f"{ACCESS}no_act_is_done_by_another_method_than_post", f"{TABLE}web: TRACE"),
    53: (f"{HEADERS}every_answer_has_all_headers_and_all_but_articles_ask_to_be_forgotten",),
    54: (f"{HEADERS}every_answer_has_all_headers_and_all_but_articles_ask_to_be_forgotten",),
    55: (f"{TABLE}web: a style sheet that is the queue", f"{HEADERS}only_a_style_sheet_that_is_there_is_kept_by_the"),
    56: (SMUGGLED,),
    57: (SMUGGLED, "faults/test_slow_clients.py::a_header_without_an_end_is_refused_and_the_line_closed"),
    58: (f"{TABLE}web: Cookie",),
    59: (f"{HEADERS}behind_https_the_cookie_is_bound_to_host_and_https", f"{TABLE}web: Cookie: desk=.e30"),
    60: (f"{TABLE}web: Upgrade",),
    61: (f"{TABLE}web: Range", f"{TABLE}web: If-Match"),
    62: (f"{TABLE}web: Accept-Language",),
    63: (f"{TABLE}web: a preflight",),
    # Search.
    64: (f"{TABLE}search: wildcards", f"{TABLE}search: stars"),
    65: (f"{TABLE}search: fifty fuzzy words", ODD_SEARCH),
    66: (f"{TABLE}search: two thousand OR",),
    67: (f"{TABLE}search: brackets", f"{TABLE}search: NOT", f"{TABLE}search: quotes"),
    68: (f"{TABLE}search: a field", f"{TABLE}search: a range"),
    69: (f"{TABLE}search: a weight", f"{TABLE}search: no number"),
    70: (f"{TABLE}search: NUL", f"{TABLE}search: five thousand CJK", f"{TABLE}search: one long word"),
    71: (f"{TABLE}search: small words", f"{TABLE}search: points", f"{TABLE}search: nothing"),
    72: ("test_logs.py::a_real_desk_writes_no_words_addresses_or_tokens",),
    73: (
        f"{SEARCH}a_damaged_index_is_replaced_by_a_whole_one",
        f"{SURROUNDINGS}an_index_that_is_damaged_while_it_serves",
    ),
    74: (f"{SEARCH}three_generations_are_kept_and_what_a_dead_builder_left_is_removed",),
    75: (f"{SEARCH}processes_that_build_at_once_leave_one_whole_generation",),
    76: (f"{SEARCH}a_folder_that_takes_no_index_leaves_it_in_memory_with_one_warning",),
    77: (f"{SEARCH}an_edited_article_is_found_by_its_new_words",),
    # Articles.
    78: (
        f"{LIBRARY}a_file_that_is_no_article_is_named_and_the_others_are_served",
        f"{LIBRARY}a_file_of_fifty_megabytes_is_not_read",
        f"{LIBRARY}of_two_articles_with_one_name_the_first_is_served",
    ),
    79: (f"{LIBRARY}a_value_with_a_trap_of_yaml_in_it_is_refused",),
    80: (f"{MARKUP}the_costliest_article_that_is_let_in_takes_seconds_at_most",),
    81: (f"{LIBRARY}articles_that_do_not_agree_are_served_and_named",),
    82: (f"{LIBRARY}many_threads_read_while_an_editor_writes",),
    83: (f"{LIBRARY}a_content_folder_that_vanishes_leaves_everything_as_it_was",),
    # Who somebody is.
    84: (
        f"{DOOR}an_unknown_a_wrong_and_a_deactivated_name_look_the_same",
        f"{DOOR}an_unknown_name_is_the_same_work_for_the_database_as_a_wrong_password",
    ),
    85: (f"{SIGN_INS}one_place_does_not_try_every_name", f"{SIGN_INS}the_half_of_an_ipv6_address"),
    86: (f"{SIGN_INS}forty_tries_at_once_are_five",),
    87: (f"{TABLE}sign-in: a password of a megabyte", f"{DOOR}a_password_has_to_be_long_enough_and_not_a_book"),
    88: (
        f"{DOOR}a_password_with_accents_opens_the_desk_from_every_keyboard",
        f"{DOOR}another_spelling_makes_a_bad_password_no_better",
        f"{DOOR}a_nul_in_a_password_is_a_letter_like_any_other_and_ends_nothing",
        f"{DOOR}a_sign_in_name_with_an_accent_is_found_however_it_is_spelled",
    ),
    89: (f"{DOOR}a_common_password_and_words_about_the_agent_or_the_desk_are_refused_and_said",),
    90: (
        f"{CODES}a_code_opens_once",
        f"{CODES}an_older_code_that_was_never_used_opens_nothing_after_a_newer_one",
        f"{CODES}a_colleagues_code_opens_nothing",
    ),
    91: (f"{CODES}a_clock_that_is_a_little_off_does_no_harm", f"{CODES}a_code_of_another_time_opens_nothing"),
    92: (f"{CODES}there_are_ten_recovery_codes_and_each_opens_once_however_it_is_typed",),
    93: ("- The desk has no passkeys.",),
    94: (
        f"{DOOR}what_was_in_a_session_before_the_sign_in_is_gone_after_it",
        f"{DOOR}signing_out_ends_it_at_the_server_too",
        f"{DOOR}an_agent_who_was_put_out_is_out_at_once",
        f"{ACCESS}a_role_counts_from_the_next_click_on",
    ),
    95: (f"{DOOR}a_cookie_that_was_changed_or_made_up_opens_nothing",),
    96: (
        f"{TABLE}own page: the link",
        f"{OWN_PAGE}unknown_expired_revoked_and_wrong_look_alike_and_take_the_same_work",
    ),
    97: ("test_held_for_review.py::a_clock_that_was_set_back_proves_nothing", "faults/test_clock.py::a_clock_set_back"),
    98: (f"{SIGN_INS}what_was_sent_too_late_is_there_after_signing_in_again",),
    99: ("test_people.py::the_last_admin_stays_one", "test_people.py::two_admins_who_remove_each_other_at_once"),
    100: ("- The desk asks no other house who somebody is.",),
    # Who may do what.
    101: (f"{ACCESS}every_role_opens_what_it_may_and_nothing_else",),
    102: (f"{TABLE}queue: the ticket",),
    103: ("test_audit.py::every_request_that_a_search_shows_is_a_look_at_it",),  # Every agent may see every ticket.
    104: ("test_bulk.py::a_colleague_who_has_left_gets_nothing",),
    105: ("test_two_agents_collide.py::the_second_reply_comes_back_with_its_text_and_what_changed",),
    106: ("test_bulk.py::five_hundred_are_too_many_and_nothing_is_done", "test_bulk.py::what_an_old_page_asks_for"),
    107: (f"{OWN_PAGE}opening_the_link_changes_nothing_as_programs_that_scan_mail_do_it",),
    108: (f"{OWN_PAGE}neither_title_nor_address_says_what_it_is_about",),
    109: (f"{OWN_PAGE}a_lost_link_is_found_however_reference_and_address_are_typed",),
    110: (
        "test_audit.py::the_file_holds_what_the_page_shows_and_no_formula",
        "test_export_a_view.py::a_name_that_reads",
    ),
    # Twice, late, and other browsers.
    111: (
        f"{JOURNEY}a_double_click_sends_one_message",
        f"{FORM}reload_and_back_and_send_again_give_the_same_reference",
    ),
    112: (f"{FORM}going_back_and_writing_something_else_is_another_request",),
    113: (f"{FORM}a_form_left_open_overnight_is_taken",),
    114: ("test_rotate_keys.py::a_page_that_was_open_meanwhile_can_still_be_sent",),
    115: (f"{SIGN_INS}what_was_sent_too_late_is_there_after_signing_in_again",),
    116: (f"{JOURNEY}a_desk_that_is_down_costs_no_word",),
    117: (f"{JOURNEY}going_back_and_sending_again_gives_the_same_reference",),
    118: (f"{SIGN_INS}signing_out_tells_the_browser_to_forget_what_it_showed",),
    119: (f"{FORM}a_form_without_a_key_is_taken_once_too",),
    # Delivering mail.
    120: (
        f"{MAIL}mail_waits_where_no_server_answers",
        f"{MAIL}a_silent_server_is_given_up_after_a_while",
        f"{MAIL}a_server_that_talks_a_letter_at_a_time_is_given_up_too",
        f"{MAIL}a_line_that_breaks_after_the_mail_was_said_loses_nothing",
    ),
    121: (
        f"{MAIL}a_server_that_asks_to_wait_gets_it_later_under_the_same_message_id",
        f"{MAIL}each_wait_is_longer_and_after_three_days_a_person_has_to_see_to_it",
        "test_could_not_reach.py::a_mail_that_failed_for_good_is_work_that_waits",
    ),
    122: ("test_real_server.py::mail_in_the_hand_of_a_process_that_dies_is_delivered_by_the_next",),
    123: (f"{MAIL}four_delivery_processes_deliver_each_mail_once",),
    124: (f"{MAIL}a_mail_in_the_hands_of_a_process_that_was_killed_goes_out_after_a_while",),
    125: (f"{MAIL}a_poisoned_row_does_not_hold_up_the_others",),
    126: (  # In part: see NOT_HELD.
        f"{MAIL}mails_that_wait_are_not_all_tried_again_at_the_same_moment",
        f"{MAIL}many_mails_go_over_one_line",
    ),
    127: (f"{MAIL}a_wrong_password_for_the_mail_server_is_told_once_and_all_the_mail_waits",),
    128: (  # In part: see NOT_HELD.
        "test_could_not_reach.py::a_patient_who_was_called_needs_no_mail_any_more",
        "test_could_not_reach.py::a_mail_that_failed_for_good_is_work_that_waits",
    ),
    # Storage, processes, time.
    129: ("faults/test_killed.py::whatever_is_killed_whenever_nothing_that_was_acknowledged_is_lost",),
    130: (
        f"{SURROUNDINGS}workers_that_the_kernel_kills_for_their_memory",
        "faults/test_memory.py::who_sends_meanwhile_gets_the_answer_or_every_word_back",
        "test_real_server.py::told_to_stop_it_finishes_what_was_begun_and_leaves_nobody_behind",
    ),
    131: (f"{SURROUNDINGS}a_disk_that_is_full",),
    132: (f"{SURROUNDINGS}a_database_locked_for_half_a_minute",),
    133: (f"{SURROUNDINGS}a_disk_that_may_only_be_read", f"{PREPARE}a_data_folder_that_cannot_be_written_is_named"),
    134: ("- A shared disk is not looked for; docs/operating.md says to keep SQLite off it.",),
    135: (
        "test_readiness.py::a_sqlite_file_that_is_replaced_while_the_desk_serves",
        "test_error_pages.py::a_database_that_is_not_there_at_all",
    ),
    136: ("test_sealing.py::a_damaged_ticket_gets_a_calm_page_and_takes_no_other_along",),
    137: ("test_sealing.py::a_ciphertext_that_was_moved_in_the_database_does_not_open",),
    138: (f"{SURROUNDINGS}a_database_server_that_restarts",),
    139: (f"{ODD}the_power_goes_at_any_byte_and_the_database_opens_with_whole_requests",),
    140: (
        "test_migrations.py::a_migration_that_fails_leaves_everything_as_it_was",
        "test_migrations.py::two_nodes_that_upgrade_at_once_do_it_once",
        "test_migrations.py::one_step_back_is_where_we_were",
    ),
    141: (
        "test_backup.py::a_backup_made_under_load",
        "test_backup.py::a_damaged_backup_is_refused_and_nothing_is_written",
    ),
    142: (
        f"{KEYS}a_key_that_others_can_read_or_write_is_refused",
        f"{KEYS}a_key_that_is_missing_is_refused",
        f"{KEYS}keys_that_vanish_while_the_desk_serves_cost_no_page_and_no_request",
        "test_error_pages.py::a_database_that_is_not_there_at_all_leaves_every_article_and_search_open",
    ),
    143: ("test_rotate_keys.py::a_rotation_that_is_killed_goes_on_with_the_same_key",),
    144: ("faults/test_clock.py::a_clock_set_back", f"{MAIL}mail_written_before_the_clock_was_set_back_goes_at_once"),
    145: ("test_doctor.py::a_clock_that_was_set_back_is_noticed",),
    146: (f"{ODD}a_process_that_may_open_no_more_files_goes_on_when_it_may",),
    147: (f"{ODD}a_log_that_cannot_be_written_costs_nobody_an_answer",),
    148: (f"{ODD}another_language_zone_and_umask_change_nothing",),
    149: (f"{SETTINGS}every_mistake_is_told_at_once", f"{KEYS}a_secret_that_can_be_guessed_is_refused"),
    150: ("test_a_message_that_does_not_open.py::agents_read_what_a_newer_version_wrote_and_are_told_what_it_is",),
}

NOT_HELD: dict[int, str] = {  # What an item says and no test holds, and why.
    126: "Ten thousand mails at once were not tried, only a few dozen; the desk has no limit of mails a second.",
    127: "Each mail that is due signs in anew, and waits longer each time; only `flask doctor` says it once.",
    128: "The desk keeps no list of addresses that may get no mail: each mail that fails is shown to the agents.",
    135: "Another database copied into the same file is not noticed; another file in its place is.",
    142: "A desk without its keys does not start at all, so it shows no article either; one that has started goes on.",
}
