-- A task of a frozen plan no longer names its needs: the plan's graph has them.
UPDATE frozen SET plan_json = json_set(plan_json, '$.tasks', json((
  SELECT json_group_array(json(task)) FROM (
    SELECT json_remove(value, '$.spec.needs') AS task FROM json_each(plan_json, '$.tasks') ORDER BY key))))
WHERE CASE WHEN json_valid(plan_json) THEN json_type(plan_json, '$.tasks') = 'array' ELSE 0 END;
